"""Search finds a service by its name in any script, by other names, or by what happened to a person."""

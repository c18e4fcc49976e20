"""flask vault, flask backup and flask restore."""

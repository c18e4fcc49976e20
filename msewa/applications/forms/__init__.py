"""Forms made from a service's definition: one input per declared field, by its kind."""

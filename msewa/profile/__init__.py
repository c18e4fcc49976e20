"""Profile: what a citizen writes once and finds again in her forms; all of it her choice."""

"""Closure: leaving for good, the sealed archive, and keys that end with their month."""

"""Upkeep: what the people who run the server do, at a terminal."""

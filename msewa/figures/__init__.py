"""Figures: statistics for research, from fixed tables, never about anybody."""

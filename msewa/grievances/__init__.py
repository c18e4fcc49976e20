"""Grievances: complaints with a number, a clock and a named contact."""

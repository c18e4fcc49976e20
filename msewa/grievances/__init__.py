"""Grievances: complaints with a number, a clock of at most 90 days and a next step (Act s. 13, r. 14(3), P76)."""

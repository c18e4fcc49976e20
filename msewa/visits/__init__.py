"""Counting visits without knowing visitors, and keeping security events that only two people together can open (P13, P14, P42)."""

"""Inventory: every column with personal data, what it is for, who receives it and when it ends."""

"""The data inventory: one file that names every column and every form field, and says what is personal, why and for how long (P2)."""

"""DPO: the console of those who answer for the data, and what the public may count of it."""

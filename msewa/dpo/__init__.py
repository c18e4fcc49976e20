"""DPO: the console of the data protection officer, where two people decide and everything is on record."""

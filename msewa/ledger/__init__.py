"""Ledger: who did what and who saw what, append-only, from the first day."""

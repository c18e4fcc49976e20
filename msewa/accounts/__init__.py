"""Accounts: registering, signing in with a second factor, and getting back in."""

"""Outbox: what must still happen after a commit, kept in the same database."""

"""Papers that come in: taken, cleaned or refused."""

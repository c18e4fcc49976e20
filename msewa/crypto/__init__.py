"""Keys, envelopes, blind indexes, passwords, tokens and sealing: pure, without Flask and without tables."""

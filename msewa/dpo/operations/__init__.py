"""Acts of the console. Each is on the ledger of the officer who does it, and on the citizen's where it concerns one."""

"""The sandbox: demo personas, message outbox, clock and pretend departments; only in demo mode."""

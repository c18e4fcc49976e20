"""What she changes on her dashboard, and what the worker does for it."""

"""Promises: every clause of the policy in public, with the tests that prove it and what is not kept yet."""

"""Somebody with applications ready to be sent."""

from tests.applications.conftest import harjinder, offices

__all__ = ["harjinder", "offices"]

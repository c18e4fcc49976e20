"""Visits: how often pages are used, counted without visitors; and security events, with addresses that only two people can open."""

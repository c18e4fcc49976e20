"""Consents: the privacy policy and the notices, each version word for word as it was published."""

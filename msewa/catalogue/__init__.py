"""Catalogue: providers, services, schemes and places of Punjab, and finding them."""

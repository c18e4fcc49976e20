"""Pages of the catalogue: finding, services, providers, schemes."""

from msewa.catalogue.routes import finding, registers, schemes
from msewa.catalogue.routes.blueprint import bp

__all__ = ["bp", "finding", "registers", "schemes"]

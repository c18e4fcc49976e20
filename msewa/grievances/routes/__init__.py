"""Pages of complaints: whom to turn to, mine, a new one, and asking an office to correct what it was sent."""

from msewa.grievances.routes import complaining, correcting
from msewa.grievances.routes.blueprint import bp

__all__ = ["bp", "complaining", "correcting"]

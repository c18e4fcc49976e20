"""Pages of the console, and the two that others see: what the public may count, and what a person is told of a breach."""

from msewa.dpo.routes import breaches, complaints, demands, home, open_to_others, people, texts
from msewa.dpo.routes.blueprint import bp

__all__ = ["bp", "breaches", "complaints", "demands", "home", "open_to_others", "people", "texts"]

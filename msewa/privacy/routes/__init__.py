"""The dashboard's pages, by what people do there."""

from msewa.privacy.routes import dashboard, downloading, held, looks, messages, nominating, shared
from msewa.privacy.routes.blueprint import bp

__all__ = ["bp", "dashboard", "downloading", "held", "looks", "messages", "nominating", "shared"]

"""The pages of consents, by what people do there."""

from msewa.consents.routes import changes, choices, exchange, receipts, texts
from msewa.consents.routes.blueprint import bp

__all__ = ["bp", "changes", "choices", "exchange", "receipts", "texts"]

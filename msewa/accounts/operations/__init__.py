"""Acts on accounts, by what people do."""

from msewa.accounts.operations.opening import create_account

__all__ = ["create_account"]

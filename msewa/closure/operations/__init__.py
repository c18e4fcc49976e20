"""Acts of leaving: close an account, end a month of the vault, terminate."""

from msewa.closure.operations.closing import close_account

__all__ = ["close_account"]

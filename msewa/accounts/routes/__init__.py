"""The pages of accounts, by what people do there."""

from msewa.accounts.routes import (
    addresses,
    keys,
    passkeys,
    recover,
    recover_anew,
    register,
    register_keys,
    rest,
    security,
    sign_in,
    step_up,
)
from msewa.accounts.routes.door import bp

__all__ = [
    "addresses",
    "bp",
    "keys",
    "passkeys",
    "recover",
    "recover_anew",
    "register",
    "register_keys",
    "rest",
    "security",
    "sign_in",
    "step_up",
]

"""The pages of accounts, by what people do there."""

from msewa.accounts.routes import (
    addresses,
    crowd,
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
    "crowd",
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

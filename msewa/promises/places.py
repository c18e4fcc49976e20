"""Where a promise can be seen kept: addresses of pages with their names."""

from flask_babel import LazyString, lazy_gettext

_ = lazy_gettext
PLACES: dict[str, LazyString] = {
    "/account/delete": _("Delete my account"),
    "/account/mobile": _("Change the mobile number"),
    "/account/security": _("My account"),
    "/applications": _("My applications"),
    "/grievances": _("Complaints"),
    "/ledger": _("A record that nobody can change in secret"),
    "/privacy": _("My data"),
    "/privacy/asked": _("Everything that any service may ask"),
    "/privacy/choices": _("What you allow"),
    "/privacy/policy": _("The privacy policy"),
    "/privacy/purposes": _("Everything that data is used for"),
    "/privacy/receipts": _("Your receipts"),
    "/profile": _("My profile"),
    "/promises": _("Our 78 promises"),
    "/promises/destroyed-keys": _("Keys of those who left"),
    "/promises/law": _("Which law each use stands on"),
    "/providers": _("Offices and companies"),
    "/register": _("Before you open an account"),
    "/schemes": _("Schemes"),
    "/services": _("Services"),
    "/sign-out": _("Sign out"),
    "/statistics": _("Statistics"),
    "/statistics/visits": _("What is counted about visits"),
    "/transparency": _("Handed over, refused, complained"),
}

"""Every address a visitor and a citizen can open, beyond those that the story passes."""

from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
EXTENDS = ('{% extends "base.html" %}', '{% extends "dpo/base.html" %}', '{% extends "errors/error.html" %}')
OPEN = (
    "/",
    "/services?q=budhapa+pension&category=pensions&district=barnala",
    "/services?q=xqzjw",
    "/services?page=3",
    "/services/old-age-pension",
    "/services/no-such-service",
    "/providers",
    "/providers/health",
    "/schemes",
    "/schemes?q=xqzjw",
    "/accessibility",
    "/privacy/policy",
    "/privacy/policy/1.0",
    "/privacy/asked",
    "/privacy/notice/registration/1.0",
    "/register/declined",
    "/account/deregistered",
    "/stop/done",
    "/stop/no-such-link",
    "/recover/cancelled",
    "/recover/cancel/no-such-link",
    "/recover/agree/no-such-link",
    "/promises",
    "/promises/themes/sharing",
    "/promises/P28",
    "/promises/P67",
    "/promises/law",
    "/promises/destroyed-keys",
    "/privacy/purposes",
    "/privacy/purposes/service",
    "/privacy/purposes/newsletter",
    "/privacy/receipts/in-dpdp",
    "/privacy/verify",
    "/account/deleted",
    "/account/deleted/verify",
    "/grievances",
    "/transparency",
    "/ledger",
    "/statistics",
    "/statistics/services",
    "/statistics/visits",
    "/sandbox",
)
SECTIONS = ("identity", "address", "family", "work", "money", "papers_numbers")
OWN = (
    "/profile",
    "/profile?edit=village",
    "/profile?edit=gender",
    *(f"/profile/{section}" for section in SECTIONS),
    "/applications",
    "/applications/AAAA-AAAA",
    "/account/security",
    "/account/deregister",
    "/account/passkeys",
    "/account/delete",
    "/grievances",
    "/grievances/new?about=data",
    "/privacy",
    "/privacy/choices",
    "/privacy/choices/statistics",
    "/privacy/held",
    "/privacy/held/profile",
    "/privacy/held/security",
    "/privacy/looks?all=1",
    "/privacy/messages",
    "/privacy/policy/changes",
    "/privacy/receipts",
    "/privacy/shared",
    "/privacy/tracker",
)
# The story of test_story.py arrives at these; it says so itself.
PASSED_BY_THE_STORY = frozenset(
    {
        "accounts.recover",
        "accounts.recover_phone",
        "accounts.recover_second_factor",
        "accounts.recovery_codes",
        "accounts.register",
        "accounts.register_details",
        "accounts.register_password",
        "accounts.register_verify",
        "accounts.second_factor",
        "accounts.security",
        "accounts.sign_in",
        "accounts.sign_in_second_factor",
        "accounts.sign_out",
        "applications.draft",
        "applications.edit",
        "applications.index",
        "applications.papers",
        "applications.review",
        "applications.sent",
        "applications.show",
        "applications.withdrawal",
        "catalogue.home",
        "catalogue.search",
        "catalogue.service",
    }
)
# That of test_console.py arrives at these; it says so itself.
PASSED_AT_THE_CONSOLE = frozenset(
    {
        *(f"dpo.{page}" for page in ("breach", "breaches", "cases", "complaint", "complaints", "demand", "demands", "document", "draft")),
        *(f"dpo.{page}" for page in ("home", "notice", "people", "person", "register_breach", "texts")),
        *(f"grievances.{page}" for page in ("correction", "new", "show")),
    }
)
PASSED = PASSED_BY_THE_STORY | PASSED_AT_THE_CONSOLE
# One template, dpo/base.html, is what the console's pages have in common, and no page itself.
FRAMES = frozenset({"dpo.base"})
# One template, errors/error.html, draws all of them; 404 stands for them here, and tests/web sees each.
ERRORS = frozenset({"errors.error", *(f"errors.{status}" for status in (400, 403, 405, 409, 413, 429, 500, 503))})


def every_page() -> set[str]:
    """Return the names of all pages: the templates that are one."""
    found = (path for path in TEMPLATES.rglob("*.html") if path.read_text().startswith(EXTENDS))
    return {str(path.relative_to(TEMPLATES).with_suffix("")).replace("/", ".") for path in found} - ERRORS - FRAMES

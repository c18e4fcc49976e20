"""What of the environment does not allow a safe start, in sentences."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LAST_PORT = 65535
# The policy names this portal (its line 40, P76).
GRIEVANCE_PORTAL = "https://connect.punjab.gov.in"
REQUIRED_IN_PRODUCTION = (
    "MSEWA_PUBLIC_URL",
    "MSEWA_SMS_URL",
    "MSEWA_SMTP_URL",
    "MSEWA_CONTACT",
    "MSEWA_RETENTION_YEARS",
    "MSEWA_RETENTION_LATEST_YEARS",
    "MSEWA_RETENTION_BASIS",
)
WHOLE_NUMBERS = ("MSEWA_PORT", "MSEWA_TRUSTED_HOPS", "MSEWA_RETENTION_YEARS", "MSEWA_RETENTION_LATEST_YEARS", "MSEWA_CODES_AN_HOUR")
# What a demonstration keeps sealed for; the least is the policy's own (P57), the most and the law are whoever's who runs it.
RETENTION_YEARS, RETENTION_LATEST_YEARS, LONGEST_RETENTION_YEARS = 3, 4, 50
# Codes to people who are not signed in: many times what a busy hour wants, and yet an end to what a flood of them costs.
CODES_AN_HOUR = 5000
# Made from the .po files, and not kept beside them in the repository.
WORDS = [Path(__file__).parent / "translations" / code / "LC_MESSAGES" / "messages.mo" for code in ("pa", "hi")]


def problems_of(environ: Mapping[str, str], *, mode: str) -> list[str]:
    """Return every reason against a start, each a sentence that says how to mend it."""
    problems = [
        f"{name} must be a whole number, not {environ[name]!r}."
        for name in WHOLE_NUMBERS
        if environ.get(name) and not (environ[name].isascii() and environ[name].isdecimal())
    ]
    if not problems and int(environ.get("MSEWA_PORT") or 0) > LAST_PORT:
        problems.append(f"MSEWA_PORT must be at most {LAST_PORT}, not {environ['MSEWA_PORT']!r}.")
    if not problems and int(environ.get("MSEWA_CODES_AN_HOUR") or CODES_AN_HOUR) < 1:
        problems.append("MSEWA_CODES_AN_HOUR must be at least 1, or nobody could open an account.")
    if mode not in ("demo", "production"):
        return [*problems, f"MSEWA_MODE must be demo or production, not {mode!r}."]
    problems += _place_problems(environ)
    if not problems:
        problems += _retention_problems(environ)
    if mode == "production":
        problems += _production_problems(environ)
    return problems


def _place_problems(environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with where words, data and database lie."""
    problems: list[str] = []
    if not all(path.exists() for path in WORDS):
        problems.append("The words in Punjabi and Hindi are not made yet, and pages would be in English: make install makes them.")
    data = Path(environ.get("MSEWA_DATA", "instance"))
    if data.exists() and not data.is_dir():
        problems.append(f"MSEWA_DATA must be a folder, not {str(data)!r}.")
    # Never repeated here: it may hold a password.
    url = environ.get("MSEWA_DATABASE_URL", "")
    if url and not _is_database(url):
        problems.append("MSEWA_DATABASE_URL must name a PostgreSQL database (postgresql://...); leave it out for the embedded one.")
    return problems


def _is_database(url: str) -> bool:
    try:
        return make_url(url).drivername in ("postgresql", "postgresql+psycopg")
    except (ArgumentError, ValueError):
        return False


def _is_address(url: str, *, schemes: tuple[str, ...]) -> bool:
    """Whether a URL names a host, and a port that can be one, under one of `schemes`."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not any(sign.isspace() for sign in url)
    except ValueError:
        return False


def _retention_problems(environ: Mapping[str, str]) -> list[str]:
    """Return what would end sealed bundles before the policy's three years (P57), or never."""
    years = int(environ.get("MSEWA_RETENTION_YEARS") or RETENTION_YEARS)
    latest = int(environ.get("MSEWA_RETENTION_LATEST_YEARS") or RETENTION_LATEST_YEARS)
    if years < RETENTION_YEARS:
        return [f"MSEWA_RETENTION_YEARS must be at least {RETENTION_YEARS}: the policy keeps what is sealed that long."]
    if not years < latest <= LONGEST_RETENTION_YEARS:
        return [f"MSEWA_RETENTION_LATEST_YEARS must be more than MSEWA_RETENTION_YEARS, and at most {LONGEST_RETENTION_YEARS}."]
    return []


def _production_problems(environ: Mapping[str, str]) -> list[str]:
    problems = [f"{name} is required in production." for name in REQUIRED_IN_PRODUCTION if not environ.get(name, "").strip()]
    public = environ.get("MSEWA_PUBLIC_URL", "")
    if public and not _is_address(public, schemes=("https",)):
        problems.append("MSEWA_PUBLIC_URL must begin with https:// in production and name a host; cookies are never sent over plain HTTP.")
    problems += _outside_problems(environ)
    if environ.get("FLASK_DEBUG", "0") not in ("", "0"):
        problems.append("FLASK_DEBUG must be off in production.")
    if environ.get("MSEWA_SANDBOX", "0") not in ("", "0"):
        problems.append("The sandbox does not exist in production; take MSEWA_SANDBOX away.")
    if environ.get("MSEWA_WORKER_THREAD") == "1":
        problems.append("In production the worker is a process of its own: flask --app app worker.")
    return problems


def _outside_problems(environ: Mapping[str, str]) -> list[str]:
    """Return what would send messages in the clear, or from nobody."""
    problems: list[str] = []
    sms, mail, contact = (environ.get(f"MSEWA_{name}", "") for name in ("SMS_URL", "SMTP_URL", "CONTACT"))
    if sms and not _is_address(sms, schemes=("https",)):
        problems.append("MSEWA_SMS_URL must begin with https:// and name a host; messages are never handed over in the clear.")
    if mail and not _is_address(mail, schemes=("smtps", "smtp")):
        problems.append("MSEWA_SMTP_URL must begin with smtps:// and name a host, or with smtp:// for a server that takes STARTTLS.")
    if not _is_address(environ.get("MSEWA_GRIEVANCE_PORTAL", GRIEVANCE_PORTAL), schemes=("https",)):
        problems.append("MSEWA_GRIEVANCE_PORTAL must begin with https:// and name a host.")
    if contact and not all(contact.rpartition("@")[::2]):
        problems.append("MSEWA_CONTACT must be the mail address that messages come from.")
    return problems

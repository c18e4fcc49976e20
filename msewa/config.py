"""Settings, read from the environment once; what is unsafe is refused with a sentence that says how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msewa.crypto.passwords import Argon2Cost

Mode = Literal["demo", "production"]
LANGUAGES = (("pa", "ਪੰਜਾਬੀ"), ("hi", "हिन्दी"), ("en", "English"))
OPERATOR = {
    "en": "Department of Governance Reforms, Punjab",
    "pa": "ਗਵਰਨੈਂਸ ਸੁਧਾਰ ਵਿਭਾਗ, ਪੰਜਾਬ",
    "hi": "शासन सुधार विभाग, पंजाब",
}
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


class SettingsError(Exception):
    """The environment does not allow a safe start; `problems` lists why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class NamedContact:
    """Who answers complaints (Act s. 8(9), r. 9); what is not set is empty, and shown as not known."""

    name: str = ""
    office: str = ""
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another."""

    mode: Mode
    data: Path
    host: str = "127.0.0.1"
    port: int = 5000
    database_url: str | None = None
    public_url: str = ""
    trusted_hops: int = 0
    sms_url: str = ""
    smtp_url: str = ""
    contact: str = ""
    grievance_contact: NamedContact = NamedContact()
    grievance_portal: str = GRIEVANCE_PORTAL
    retention_years: int = RETENTION_YEARS
    retention_latest_years: int = RETENTION_LATEST_YEARS
    retention_basis: str = ""
    codes_an_hour: int = CODES_AN_HOUR
    worker_thread: bool = False
    password_cost: Argon2Cost = field(default_factory=Argon2Cost)
    operator: Mapping[str, str] = field(default_factory=lambda: dict(OPERATOR))
    helplines: tuple[tuple[str, str], ...] = (("1100", "help, complaints"), ("1076", "at your door"), ("112", "emergency"))
    updated_on: date = date(2026, 11, 23)

    @property
    def is_demo(self) -> bool:
        """Demo mode carries the sandbox, pretend gateways and cookies that work over plain HTTP."""
        return self.mode == "demo"

    @property
    def site(self) -> str:
        """The address under which people reach it: in demo mode, where none need be set, the one at which it serves."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def key_ring_path(self) -> Path:
        """Where the key ring lies, outside database and repository."""
        return self.data / "keyring.json"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; raise SettingsError with every problem at once."""
        mode = environ.get("MSEWA_MODE", "demo")
        problems = _problems(mode, environ)
        if problems:
            raise SettingsError(problems)
        return cls(
            mode="production" if mode == "production" else "demo",
            data=Path(environ.get("MSEWA_DATA", "instance")).resolve(),
            host=environ.get("MSEWA_HOST", "127.0.0.1"),
            port=int(environ.get("MSEWA_PORT") or 5000),
            database_url=environ.get("MSEWA_DATABASE_URL") or None,
            public_url=environ.get("MSEWA_PUBLIC_URL", "").rstrip("/"),
            trusted_hops=int(environ.get("MSEWA_TRUSTED_HOPS") or 0),
            sms_url=environ.get("MSEWA_SMS_URL", ""),
            smtp_url=environ.get("MSEWA_SMTP_URL", ""),
            contact=environ.get("MSEWA_CONTACT", ""),
            grievance_contact=NamedContact(*(environ.get(f"MSEWA_GRIEVANCE_{part}", "") for part in ("NAME", "OFFICE", "PHONE", "MAIL"))),
            grievance_portal=environ.get("MSEWA_GRIEVANCE_PORTAL", GRIEVANCE_PORTAL),
            retention_years=int(environ.get("MSEWA_RETENTION_YEARS") or RETENTION_YEARS),
            retention_latest_years=int(environ.get("MSEWA_RETENTION_LATEST_YEARS") or RETENTION_LATEST_YEARS),
            retention_basis=environ.get("MSEWA_RETENTION_BASIS", ""),
            codes_an_hour=int(environ.get("MSEWA_CODES_AN_HOUR") or CODES_AN_HOUR),
            worker_thread=environ.get("MSEWA_WORKER_THREAD") == "1",
        )


def _problems(mode: str, environ: Mapping[str, str]) -> list[str]:
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
    url = environ.get("MSEWA_DATABASE_URL", "")
    if url and not url.startswith("postgresql"):
        problems.append("MSEWA_DATABASE_URL must name a PostgreSQL database (postgresql://...); leave it out for the embedded one.")
    if not problems:
        problems += _retention_problems(environ)
    if mode == "production":
        problems += _production_problems(environ)
    return problems


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
    if public and urlsplit(public).scheme != "https":
        problems.append("MSEWA_PUBLIC_URL must begin with https:// in production; cookies are never sent over plain HTTP.")
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
    if sms and urlsplit(sms).scheme != "https":
        problems.append("MSEWA_SMS_URL must begin with https://; messages are never handed over in the clear.")
    if mail and urlsplit(mail).scheme not in ("smtps", "smtp"):
        problems.append("MSEWA_SMTP_URL must begin with smtps://, or with smtp:// for a server that takes STARTTLS.")
    if urlsplit(environ.get("MSEWA_GRIEVANCE_PORTAL", GRIEVANCE_PORTAL)).scheme != "https":
        problems.append("MSEWA_GRIEVANCE_PORTAL must begin with https://.")
    if contact and "@" not in contact:
        problems.append("MSEWA_CONTACT must be the mail address that messages come from.")
    return problems

"""Settings, read from the environment once; what is unsafe is refused with a sentence that says how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from msewa.crypto.passwords import Argon2Cost
from msewa.environment import CODES_AN_HOUR, GRIEVANCE_PORTAL, RETENTION_LATEST_YEARS, RETENTION_YEARS, problems_of

Mode = Literal["demo", "production"]
LANGUAGES = (("pa", "ਪੰਜਾਬੀ"), ("hi", "हिन्दी"), ("en", "English"))
OPERATOR = {
    "en": "Department of Governance Reforms, Punjab",
    "pa": "ਗਵਰਨੈਂਸ ਸੁਧਾਰ ਵਿਭਾਗ, ਪੰਜਾਬ",
    "hi": "शासन सुधार विभाग, पंजाब",
}


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
        problems = problems_of(environ, mode=mode)
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

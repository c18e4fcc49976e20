"""How the two databases are opened: an encrypted SQLite file, or PostgreSQL."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from msewa.extensions import is_writing

sqlcipher: Any = dbapi2  # a C module without types
PATIENCE = "busy_timeout=10000"
PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",  # safe here: sqlcipher3 carries SQLite 3.51.3 or newer
    "synchronous=FULL",
    PATIENCE,
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-8000",
)


def embedded_options(path: Path, *, key: bytes) -> dict[str, Any]:
    """Engine options for the encrypted SQLite file at `path`; `key` is 32 raw bytes."""

    def connect() -> Any:
        _shut(path)
        connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    return {"module": sqlcipher, "creator": connect, "poolclass": QueuePool, "pool_size": 8, "max_overflow": 8, "hide_parameters": True}


def _shut(path: Path) -> None:
    """Let nobody but its owner read the file, made now or earlier; what SQLite lays beside it follows its mode."""
    # What keeps us from it is the driver's to say, or somebody else owns the file.
    with suppress(OSError):
        # Never opened where it is there: closing it again would let go of every lock that this process holds on it.
        if not path.exists():
            path.touch(mode=0o600, exist_ok=False)
        path.chmod(0o600)


def server_options() -> dict[str, Any]:
    """Engine options for PostgreSQL: dead connections are found before use, a request waits 5 s at most for one."""
    return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "pool_timeout": 5, "hide_parameters": True}


def watch_begin(engine: Engine) -> None:
    """Begin SQLite transactions ourselves, IMMEDIATE where they will write, so that two writers queue and never clash."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing() else "BEGIN")


def empty_log(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, where pages lie as they were before an erasure; False while somebody else reads or writes."""
    if engine.dialect.name != "sqlite":
        return True
    connection: Any = engine.raw_connection()
    try:
        # Tried again a minute later, rather than holding anybody up.
        connection.execute("PRAGMA busy_timeout=0")
        (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
    finally:
        connection.execute(f"PRAGMA {PATIENCE}")
        connection.close()

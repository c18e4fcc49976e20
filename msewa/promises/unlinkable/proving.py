"""The proof itself: install, walk, dump, search."""

import io
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, inspect

from msewa.config import Settings
from msewa.crypto.passwords import Argon2Cost
from msewa.extensions import db, writing
from msewa.promises.unlinkable import searching
from msewa.promises.unlinkable.dumping import Dump, dump_files, dump_tables, overheard
from msewa.promises.unlinkable.people import Walker
from msewa.promises.unlinkable.planting import FAULTS, Scene
from msewa.promises.unlinkable.walking import Walk
from msewa.visits.recording import flush

Install = Callable[[Settings], Flask]
# The people here are made up and gone in a minute; the enforced floor is enough for their passwords.
CHEAPEST = Argon2Cost(memory_kib=19456, iterations=2, lanes=1)


class NotEmptyError(Exception):
    """The database that was named for the proof has tables already."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was done, in one sentence, and every way from a visit to a person that was found."""

    done: str
    faults: list[str]


def prove(install: Install, *, database_url: str | None = None, plant: str | None = None) -> Proof:
    """Prove that visits lead to nobody, in a scratch installation; `plant` breaks it on purpose by one of FAULTS.

    `install` makes a whole application from settings, with its database ready. Raises NotEmptyError, WalkError.
    """
    with walked(install, database_url=database_url) as scratch:
        return scratch.judge(plants=[plant] if plant else [])


@contextmanager
def walked(install: Install, *, database_url: str | None = None) -> Generator["Scratch"]:
    """Install, and let two people walk; raises NotEmptyError, WalkError."""
    if database_url:
        _refuse_used(database_url)
    with tempfile.TemporaryDirectory(prefix="msewa-unlinkable-") as name, overheard() as heard:
        # A demonstration, because its people's codes can be read, so that they can sign in.
        app = install(Settings(mode="demo", data=Path(name), database_url=database_url, password_cost=CHEAPEST))
        walkers = _walkers(app)
        walks = [Walk(app, walker) for walker in walkers]
        for walk in walks:
            walk.go()
        # What the worker writes is searched too, and so is what would wait until its hour or day is over.
        app.test_client().post("/sandbox/work")
        flush(app, closing=True)
        yield Scratch(app, Path(name), walkers, sum(walk.requests for walk in walks), heard)
        _close(app)


@dataclass(frozen=True, slots=True)
class Scratch:
    """An installation that two people walked through, and what was heard meanwhile."""

    app: Flask
    folder: Path
    walkers: list[Walker]
    requests: int
    heard: io.StringIO

    def judge(self, *, plants: Iterable[str] = ()) -> Proof:
        """Dump everything and search it; planted faults are taken out of the database again (file and log keep theirs)."""
        with self.app.app_context(), writing(), db.engine.connect() as connection:
            for plant in plants:
                FAULTS[plant](Scene(connection, self.folder, self.walkers))
            dump = dump_tables(connection)
            connection.rollback()
        _close(self.app)
        dump.files, dump.log = dump_files(self.folder), self.heard.getvalue()
        dump.routes = frozenset(rule.rule for rule in self.app.url_map.iter_rules())
        return _judge(dump, walkers=self.walkers, requests=self.requests)


def _refuse_used(database_url: str) -> None:
    """Raise NotEmptyError where the database has tables: the proof fills it with made-up people."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    used = inspect(engine).get_table_names()
    engine.dispose()
    if used:
        raise NotEmptyError


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _walkers(app: Flask) -> list[Walker]:
    cards = app.test_client().get("/sandbox/personas.json").get_json()
    return [Walker(card["name"], card) for card in cards if card["role"] == "citizen"][:2]


def _judge(dump: Dump, *, walkers: list[Walker], requests: int) -> Proof:
    tried, ways = searching.try_joins(dump)
    faults = [*searching.find_traces(dump, walkers), *searching.find_ids(dump, walkers), *ways]
    faults += [*searching.find_odd_shapes(dump), *searching.find_odd_rows(dump), *searching.find_looks_in_the_log(dump), *_find_gaps(dump)]
    done = (
        f"{len(walkers)} people, {requests} requests; searched {dump.row_count} rows of {len(dump.rows)} tables, {len(dump.files)} files"
        f" and {len(dump.log)} characters of log for {sum(len(walker.traces()) for walker in walkers)} traces; tried {tried} joins."
    )
    return Proof(done, faults)


def _find_gaps(dump: Dump) -> list[str]:
    """Return what should have been written down and was not: where nothing was counted, nothing is proved."""
    wanted = (*searching.VISITS, "security_event", "sign_in_session", "ledger_entry", "application")
    return [f"Nothing was written to {name}, so nothing is proved." for name in wanted if not dump.rows.get(name)]

"""Faults to plant on purpose: a proof that can't fail proves nothing."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from msewa.promises.unlinkable.people import Walker

# Any day: what is planted must be found wherever it stands in time.
DAY = "2026-11-23"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault may touch: the scratch database, its folder, and who walked there."""

    connection: Connection
    folder: Path
    walkers: list[Walker]

    def run(self, statement: str, **values: Any) -> None:
        """Run a statement on the scratch database."""
        self.connection.execute(text(statement), values)


def _browser(scene: Scene) -> None:
    scene.run("insert into visit_browsers (day, value, visits) values (:day, :value, 24)", day=DAY, value=scene.walkers[0].agent[:80])


def _hashed_address(scene: Scene) -> None:
    hashed = hashlib.sha256(scene.walkers[1].address.encode()).hexdigest()
    scene.run("insert into visit_systems (day, value, visits) values (:day, :value, 24)", day=DAY, value=hashed)


def _account_column(scene: Scene) -> None:
    scene.run("alter table visit_languages add column account_id varchar(32)")
    scene.run("update visit_languages set account_id = (select min(id) from account)")


def _exact_time(scene: Scene) -> None:
    scene.run("alter table visit_pace add column counted_at varchar(32)")


def _joint_table(scene: Scene) -> None:
    scene.run("create table visit_everything (day varchar(10), page varchar(80), browser varchar(20), visits integer)")


def _single_visit(scene: Scene) -> None:
    row = {"day": scene.connection.scalar(text("select max(day) from visit_pages")), "value": "/schemes/<slug>"}
    scene.run("insert into visit_pages (day, hour, value, visits) values (:day, 3, :value, 1)", **row)


def _path_id(scene: Scene) -> None:
    path = f"/applications/{scene.walkers[0].references[0]}"
    scene.run("insert into visit_pages (day, hour, value, visits) values (:day, 3, :value, 24)", day=DAY, value=path)


def _readable_address(scene: Scene) -> None:
    scene.run("update security_event set sealed = :sealed", sealed=scene.walkers[0].address.encode())


def _exact_security_time(scene: Scene) -> None:
    scene.run("update security_event set hour = '2026-11-23 06:17:41'")


def _log_line(scene: Scene) -> None:
    logging.getLogger("msewa").warning("seen: %s", scene.walkers[0].address)


def _browser_cut_short(scene: Scene) -> None:
    logging.getLogger("msewa").warning("from: %s", scene.walkers[1].agent[:45])


def _log_of_looks(scene: Scene) -> None:
    logging.getLogger("msewa").warning('{"event": "request", "method": "GET", "route": "/services", "status": 200}')


def _cookie(scene: Scene) -> None:
    (scene.folder / "sessions.txt").write_text("\n".join(scene.walkers[0].cookies), encoding="utf-8")


def _table_of_views(scene: Scene) -> None:
    scene.run("create table page_view (at varchar(32), page varchar(80), browser varchar(20))")


def _last_page(scene: Scene) -> None:
    scene.run("alter table sign_in_session add column last_page varchar(80)")


def _session_in_visits(scene: Scene) -> None:
    session = scene.connection.scalar(text("select max(id) from sign_in_session"))
    scene.run("insert into visit_systems (day, value, visits) values (:day, :value, 20)", day=DAY, value=session)


def _which_page(scene: Scene) -> None:
    row = {"day": DAY, "value": "/services/birth-certificate"}
    scene.run("insert into visit_pages (day, hour, value, visits) values (:day, 3, :value, 20)", **row)


def _odd_number(scene: Scene) -> None:
    scene.run("update visit_languages set visits = visits + 3")


def _file(scene: Scene) -> None:
    (scene.folder / "access.log").write_text(f"{scene.walkers[1].agent}\n", encoding="utf-8")


FAULTS: dict[str, Callable[[Scene], None]] = {
    "browser": _browser,
    "hashed-address": _hashed_address,
    "account-column": _account_column,
    "exact-time": _exact_time,
    "joint-table": _joint_table,
    "single-visit": _single_visit,
    "path-id": _path_id,
    "readable-address": _readable_address,
    "exact-security-time": _exact_security_time,
    "log-line": _log_line,
    "file": _file,
    "browser-cut-short": _browser_cut_short,
    "log-of-looks": _log_of_looks,
    "cookie": _cookie,
    "table-of-views": _table_of_views,
    "last-page": _last_page,
    "session-in-visits": _session_in_visits,
    "which-page": _which_page,
    "odd-number": _odd_number,
}

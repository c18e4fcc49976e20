"""Looking for a way from a visit to a person: traces, columns that don't belong, small numbers, and joins that work."""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msewa.inventory.reading import inventory
from msewa.promises.unlinkable.dumping import Dump, as_bytes
from msewa.promises.unlinkable.people import Walker, spellings
from msewa.visits.operations import TABLES
from msewa.visits.register import metrics
from msewa.visits.rules import OTHER, Metric

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# As the log writes a request: who asked for a page, and to what end.
LOOKED = re.compile(r'"method": "(?:GET|HEAD)", "route": "([^"]+)", "status": [23]')
VISITS = {model.__tablename__: metrics()[metric_id] for metric_id, model in TABLES.items()}
NOT_OURS = frozenset({"alembic_version"})
SECURITY = {"security_event": {"id", "kind", "hour", "key_month", "sealed"}}
# Where somebody's own ids belong; a visit, a public number or a line of the log must not know them.
HERS = ("account", "access", "operation")
IDS = (
    ("account", "id"),
    ("application", "id"),
    ("sign_in_session", "id"),
    ("sign_in_session", "token_hash"),
    ("known_device", "token_hash"),
)


def find_traces(dump: Dump, walkers: list[Walker]) -> Iterator[str]:
    """Yield each place that holds something only one person's requests carried."""
    for walker in walkers:
        for what, text in walker.traces().items():
            forms = spellings(text)
            yield from (f"The {what} of {walker.name} lies in {place}." for place in _places(dump, forms, tables=set(dump.rows)))
        # The hash of a cookie is how her own tables know her; the cookie itself no place may know.
        given = {form for cookie in walker.cookies for form in spellings(cookie, hashed=False)}
        yield from (f"A cookie of {walker.name} lies in {place}." for place in _places(dump, given, tables=set(dump.rows)))


def find_ids(dump: Dump, walkers: list[Walker]) -> Iterator[str]:
    """Yield each place outside of a person's own tables that knows an id of hers."""
    outside = {name for name in dump.rows if _plane(name) not in HERS}
    ids = {f"{table}.{column}": [as_bytes(row[column]) for row in dump.rows[table]] for table, column in IDS}
    ids["application.reference"] = [reference.encode() for walker in walkers for reference in walker.references]
    for what, values in ids.items():
        forms = {form for value in values for form in (value, value.upper(), value.lower(), value.hex().encode(), base64.b64encode(value))}
        yield from (f"An {what} lies in {place}." for place in _places(dump, forms, tables=outside))


def _places(dump: Dump, forms: set[bytes], *, tables: set[str]) -> Iterator[str]:
    # One pattern for all forms: the catalogue alone has megabytes, and there are some two hundred forms of each trace.
    pattern = re.compile(b"|".join(re.escape(form) for form in sorted(forms)))
    for name in sorted(tables):
        columns = {column for row in dump.rows[name] for column, value in row.items() if pattern.search(as_bytes(value))}
        yield from (f"{name}.{column}" for column in sorted(columns))
    yield from (f"the file {name}" for name, content in dump.files.items() if pattern.search(content))
    if pattern.search(dump.log.encode()):
        yield "the log"


def find_odd_shapes(dump: Dump) -> Iterator[str]:
    """Yield each table of visits or security events that could hold more than it should, and each column that no inventory names."""
    for name in sorted(dump.rows.keys() - NOT_OURS):
        yield from (f"The inventory does not name {name}.{column}." for column in sorted(dump.columns[name] - _named(name)))
        if name.startswith("visit_") or _plane(name) == "visit":
            yield from _odd_columns(dump, name, allowed=_columns_of_visits(name))
        elif name in SECURITY:
            yield from _odd_columns(dump, name, allowed=SECURITY[name])


def _named(name: str) -> set[str]:
    known = inventory().tables.get(name)
    return {*known.plain, *(column.name for column in known.personal)} if known else set()


def _columns_of_visits(name: str) -> set[str]:
    if name not in VISITS:
        return set()
    return {"day", "value", "visits"} | ({"hour"} if VISITS[name].period == "hour" else set())


def _odd_columns(dump: Dump, name: str, *, allowed: set[str]) -> Iterator[str]:
    yield from (f"The column {name}.{column} does not belong." for column in sorted(dump.columns[name] - allowed))
    yield from (f"{name} refers to {other}." for other in sorted(dump.references[name]))


def find_odd_rows(dump: Dump) -> Iterator[str]:
    """Yield each row of visits that is small, finer than an hour or outside of its closed list, and each exact time of a security event."""
    for name, metric in VISITS.items():
        for row in dump.rows.get(name, []):
            yield from _odd_visit(name, row, metric=metric, listed=metric.values or dump.routes)
    times = [str(row["hour"]) for row in dump.rows.get("security_event", [])]
    yield from (f"security_event has an exact time: {time}." for time in times if not _is_whole_hour(time))


def _odd_visit(name: str, row: dict[str, Any], *, metric: Metric, listed: frozenset[str]) -> Iterator[str]:
    if int(row["visits"]) < metric.threshold:
        yield f"{name} has a row of {row['visits']}, below {metric.threshold}."
    if int(row["visits"]) % metric.threshold:
        yield f"{name} has a row of {row['visits']}, an odd number that could be found again in another table."
    if DAY.fullmatch(str(row["day"])) is None or not 0 <= int(row.get("hour", 0)) < 24:
        yield f"{name} has a time finer than an hour: {row['day']}."
    if row["value"] not in (OTHER, *listed):
        yield f"{name} has a value outside of its list: {row['value']}."


def find_looks_in_the_log(dump: Dump) -> Iterator[str]:
    """Yield each route of which the log tells when it was looked at: beside the times of somebody's acts that is what she read."""
    yield from (f"The log tells when {route} was looked at." for route in sorted(set(LOOKED.findall(dump.log))))


def _is_whole_hour(text: str) -> bool:
    moment = datetime.fromisoformat(text)
    in_utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return (in_utc.minute, in_utc.second, in_utc.microsecond) == (0, 0, 0)


def try_joins(dump: Dump) -> tuple[int, list[str]]:
    """Try every visit row against every row about a person; return how many pairs were tried, and the ways that work.

    A join works where both hold the same value that is no day, hour, number or word of a closed list; or where time and page agree and
    the visit's number is so small that it speaks of one person.
    """
    tried, ways = 0, set[str]()
    # Tables that the inventory does not know are searched for ids elsewhere; here are those that may speak of people.
    hers = [(name, row, _words(row)) for name, rows in dump.rows.items() if _plane(name) in HERS for row in rows]
    for visits, metric in VISITS.items():
        for visit in dump.rows.get(visits, []):
            keys = {as_bytes(value) for column, value in visit.items() if column not in ("day", "hour", "value", "visits")}
            for name, row, words in hers:
                tried += 1
                if keys & words:
                    ways.add(f"{visits} can be joined to {name} by a value of both.")
                elif int(visit["visits"]) < metric.threshold and _agree(visit, row):
                    ways.add(f"A row of {visits} can be joined to {name} by its time.")
    return tried, sorted(ways)


def _words(row: dict[str, Any]) -> set[bytes]:
    # A single sign, such as the 1 of a yes, stands in every table.
    return {word for value in row.values() if len(word := as_bytes(value)) > 1}


def _agree(visit: dict[str, Any], row: dict[str, Any]) -> bool:
    """Whether a row has a moment on the visit's day: the nearest that time can bring them together."""
    return any(str(visit["day"]) in str(value) for value in row.values() if value is not None)


def _plane(name: str) -> str:
    known = inventory().tables.get(name)
    return known.plane if known else "unknown"

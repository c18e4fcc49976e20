"""The floor of a signed-in page: the same page as bare Flask, Jinja and SQL would serve it.

One session look-up, one citizen row with one AES-GCM decrypt for her name, the rows of the page's own lists (looks sealed, as they are
with us), the product's own HTML. No extension, no ORM, no header but Flask's: what a page with nothing extra costs.
"""

import hmac
import json
import os
import re
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, abort, render_template, request

KEY = bytes(range(32))
GCM = AESGCM(KEY)
FOLDER = Path(os.environ.get("MSEWA_FLOOR", "."))
APPLICATIONS = """{% for row in rows %}<li data-testid="application-row" data-id="{{ row.ref }}">
<a href="/applications/{{ row.ref }}">{{ row.name }}</a> <small>{{ row.ref }}, {{ row.at }}</small>
<span class="chip wait" data-testid="application-status">{{ row.state }}</span>
<small class="wide">Answer by {{ row.due_on }}</small></li>{% endfor %}"""
LOOKS = """{% for row in looks %}<li data-testid="access-row" data-id="{{ row.id }}"><b>{{ row.who }}</b> <small>{{ row.at }}</small>
<p>{{ row.why }}</p><p class="hint">Seen: {{ row.what }}</p><p class="row">
<a href="/grievances/new?about=look:{{ row.id }}">Ask about this</a>
<a class="chip ok" href="/privacy/proof/{{ row.id }}.json"><svg class="i" aria-hidden="true"><use href="/static/built/icons.svg#yes"/></svg>
Proof</a></p></li>{% endfor %}"""
SENT = """{% for row in rows %}<li data-testid="disclosure-row" data-id="{{ row.ref }}"><a href="/applications/{{ row.ref }}/sent">
{{ row.office }}</a> <small>{{ row.at }}</small> <small class="wide">{{ row.name }}, {{ row.ref }}</small></li>{% endfor %}"""
LISTS = {"application-row": APPLICATIONS, "access-row": LOOKS, "disclosure-row": SENT}
COLUMNS = ("ref", "name", "at", "state", "due_on", "office")
LOOK = {"who": "Officer, Department of Health", "at": "23/11/2026, 10:15", "why": "Checking an application", "what": "Full name"}

app = Flask(__name__, template_folder=str(FOLDER))
_local = threading.local()


def prepare(folder: Path, *, page: str, name: str, rows: int) -> None:
    """Make the floor's database, with `rows` of each kind, and its template out of the product's own `page` that greets `name`."""
    (folder / "page.html").write_text(_template(page, lists=LISTS, name=name))
    con = sqlite3.connect(folder / "floor.db")
    con.executescript("""
        create table citizen(id integer primary key, name blob);
        create table session(token text primary key, citizen_id integer, ends text);
        create table application(id integer primary key, citizen_id integer, ref, name, at, state, due_on, office);
        create table look(id integer primary key, citizen_id integer, sealed blob);
        create table message(id integer primary key, citizen_id integer, at, about, state);
        create table choice(id integer primary key, citizen_id integer, purpose, state, at);
        create index of_citizen on application(citizen_id);
        create index looks_of_citizen on look(citizen_id);
        create index messages_of_citizen on message(citizen_id);
        create index choices_of_citizen on choice(citizen_id);
    """)
    con.execute("insert into citizen values (1, ?)", (_sealed(name),))
    con.execute("insert into session values ('t', 1, '2099-01-01')")
    for number in range(1, rows + 1):
        values = (f"K7M4-TX{number:02d}", "Birth certificate (issue or non-availability)", "23/11/2026", "Sent", "15/12/2026", "Health")
        con.execute("insert into application values (?, 1, ?, ?, ?, ?, ?, ?)", (number, *values))
        con.execute("insert into look values (?, 1, ?)", (number, _sealed(json.dumps(LOOK))))
        con.execute("insert into message values (?, 1, '23/11/2026', 'Your application', 'Sent out')", (number,))
    con.commit()
    con.close()


def _template(page: str, *, lists: Mapping[str, str], name: str) -> str:
    """Return a page as a template: each of its lists a loop, its token and her name filled in, all else as it is."""
    words = page
    for testid, loop in lists.items():
        rows = re.findall(rf'<li data-testid="{testid}".*?</li>\n?', words, re.DOTALL)
        if rows:
            first, last = words.index(rows[0]), words.rindex(rows[-1]) + len(rows[-1])
            words = words[:first] + "{% endraw %}" + loop + "{% raw %}" + words[last:]
    words = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1{% endraw %}{{ csrf }}{% raw %}", words)
    return "{% raw %}" + words.replace(f">{name}<", ">{% endraw %}{{ name }}{% raw %}<", 1) + "{% endraw %}"


def _sealed(text: str) -> bytes:
    nonce = bytes(12)
    return nonce + GCM.encrypt(nonce, text.encode(), b"1")


def _opened(sealed: bytes) -> str:
    return GCM.decrypt(sealed[:12], sealed[12:], b"1").decode()


def database() -> sqlite3.Connection:
    """Return this thread's connection."""
    con = getattr(_local, "con", None)
    if con is None:
        con = _local.con = sqlite3.connect(FOLDER / "floor.db")
        con.row_factory = sqlite3.Row
    return con


def citizen() -> tuple[int, str]:
    """Return who asks: her id and name."""
    con, token = database(), request.cookies.get("sid")
    session = con.execute("select citizen_id from session where token = ? and ends > datetime('now')", (token,)).fetchone()
    if session is None:
        abort(401)
    row = con.execute("select * from citizen where id = ?", (session["citizen_id"],)).fetchone()
    return row["id"], _opened(row["name"])


def newest(citizen_id: int, limit: int) -> list[sqlite3.Row]:
    """Return her newest applications."""
    asked = f"select {', '.join(COLUMNS)} from application where citizen_id = ? order by id desc limit ?"
    return database().execute(asked, (citizen_id, limit)).fetchall()


def page(name: str, **lists: object) -> str:
    """Fill the template."""
    return render_template("page.html", name=name, csrf=hmac.digest(KEY, b"t", "sha256").hex(), **lists)


@app.get("/applications")
def applications() -> str:
    """Serve the list of applications."""
    citizen_id, name = citizen()
    return page(name, rows=newest(citizen_id, 20))


@app.get("/privacy")
def privacy() -> str:
    """Serve the dashboard: the beginning of each list, and one more of each to know whether there are more."""
    citizen_id, name = citizen()
    con = database()
    found = con.execute("select id, sealed from look where citizen_id = ? order by id desc limit 4", (citizen_id,)).fetchall()
    looks = [{"id": row["id"], **json.loads(_opened(row["sealed"]))} for row in found[:3]]
    con.execute("select at, about, state from message where citizen_id = ? order by id desc limit 1", (citizen_id,)).fetchall()
    con.execute("select purpose, state, at from choice where citizen_id = ?", (citizen_id,)).fetchall()
    return page(name, rows=newest(citizen_id, 4)[:3], looks=looks)

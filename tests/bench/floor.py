"""The floor of a signed-in list page: the same page as bare Flask, Jinja and SQL would serve it.

One session look-up, one citizen row with one AES-GCM decrypt for her name, twenty applications, the product's own HTML. No extension,
no ORM, no header but Flask's: what a page with nothing extra costs.
"""

import hmac
import os
import re
import sqlite3
import threading
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, abort, render_template, request

KEY = bytes(range(32))
GCM = AESGCM(KEY)
FOLDER = Path(os.environ.get("MSEWA_FLOOR", "."))
ROW = re.compile(r'<li data-testid="application-row".*?</li>\n?', re.DOTALL)
LOOP = """{% for row in rows %}<li data-testid="application-row" data-id="{{ row.ref }}">
<a href="/applications/{{ row.ref }}">{{ row.name }}</a> <small>{{ row.ref }}, {{ row.at }}</small>
<span class="chip wait" data-testid="application-status">{{ row.state }}</span>
<small class="wide">Answer by {{ row.due_on }}</small></li>{% endfor %}"""
COLUMNS = ("ref", "name", "at", "state", "due_on")

app = Flask(__name__, template_folder=str(FOLDER))
_local = threading.local()


def prepare(folder: Path, *, page: str) -> None:
    """Make the floor's database and its template out of the product's own `page`."""
    rows = ROW.findall(page)
    first, last = page.index(rows[0]), page.index(rows[-1]) + len(rows[-1])
    words = "{% raw %}" + page[:first] + "{% endraw %}" + LOOP + "{% raw %}" + page[last:] + "{% endraw %}"
    words = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1{% endraw %}{{ csrf }}{% raw %}", words)
    words = words.replace(">Harjinder<", ">{% endraw %}{{ name }}{% raw %}<", 1)
    (folder / "page.html").write_text(words)
    con = sqlite3.connect(folder / "floor.db")
    con.executescript("""
        create table citizen(id integer primary key, name blob);
        create table session(token text primary key, citizen_id integer, ends text);
        create table application(id integer primary key, citizen_id integer, ref text, name text, at text, state text, due_on text);
        create index of_citizen on application(citizen_id);
    """)
    con.execute("insert into citizen values (1, ?)", (bytes(12) + GCM.encrypt(bytes(12), b"Harjinder", b"1"),))
    con.execute("insert into session values ('t', 1, '2099-01-01')")
    for number in range(len(rows)):
        con.execute(
            "insert into application values (?, 1, ?, ?, '23/11/2026', 'Sent', '15/12/2026')",
            (number + 1, f"K7M4-TX{number:02d}", "Birth certificate (issue or non-availability)"),
        )
    con.commit()
    con.close()


def database() -> sqlite3.Connection:
    """Return this thread's connection."""
    con = getattr(_local, "con", None)
    if con is None:
        con = _local.con = sqlite3.connect(FOLDER / "floor.db")
        con.row_factory = sqlite3.Row
    return con


@app.get("/applications")
def applications() -> str:
    """Serve the page."""
    con = database()
    token = request.cookies.get("sid")
    session = con.execute("select citizen_id from session where token = ? and ends > datetime('now')", (token,)).fetchone()
    if session is None:
        abort(401)
    citizen = con.execute("select * from citizen where id = ?", (session["citizen_id"],)).fetchone()
    name = GCM.decrypt(citizen["name"][:12], citizen["name"][12:], b"1").decode()
    rows = con.execute(
        f"select {', '.join(COLUMNS)} from application where citizen_id = ? order by id desc limit 20", (session["citizen_id"],)
    ).fetchall()
    return render_template("page.html", rows=rows, name=name, csrf=hmac.digest(KEY, b"t", "sha256").hex())

"""What a serving process loads: nothing that only commands and officers need."""

import json
import os
import subprocess
import sys
from pathlib import Path

from msewa import create_app
from msewa.config import Settings
from msewa.start import prepare
from tests.installation import CHEAPEST, ROOT

# Migrations, the catalogue's check, passkeys, papers, holidays and the other database's driver: each is loaded at its first use.
LATER = {"alembic", "flask_migrate", "mako", "jsonschema", "webauthn", "cbor2", "pypdf", "PIL", "holidays", "psycopg"}


def test_a_serving_process_loads_no_more_than_it_serves_with(tmp_path: Path) -> None:
    prepare(create_app(Settings(mode="demo", data=tmp_path, password_cost=CHEAPEST)))
    serve = "import json, sys, app; app.app.test_client().get('/services?q=pension'); print(json.dumps(sorted(sys.modules)))"
    environment = {"PATH": os.environ["PATH"], "MSEWA_DATA": str(tmp_path), "MSEWA_MODE": "demo"}

    ran = subprocess.run([sys.executable, "-c", serve], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)

    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert {"msewa", "sqlalchemy"} <= loaded
    assert loaded & LATER == set()

"""P13: no phone is measured and no place is asked: not by our pages, not by a script, and no column could hold it."""

import re

import pytest
from flask import Flask

from msewa.extensions import Base
from msewa.web.access import PUBLIC, audience_of
from tests.installation import ROOT
from tests.strict_client import StrictClient

# What scripts that tell phones apart ask a browser for. A browser's family, which htmx asks once to mend its own faults, is not among them.
MEASURES = re.compile(
    r"navigator\.(?:plugins|hardware|deviceMemory|languages|platform|connection|mediaDevices|getBattery|geolocation|credentials|sendBeacon)"
    r"|screen\.(?:width|height|colorDepth)|getContext\(|AudioContext|RTCPeerConnection|indexedDB|localStorage|devicePixelRatio"
)
IDENTIFIES = re.compile(r"imei|imsi|device_id|fingerprint|user_agent|ip_address|latitude|longitude|coordinate|visitor", re.IGNORECASE)
ELSEWHERE = re.compile(r'<(?:script|img|iframe|link(?! rel="?canonical)|source|video|audio)[^>]+(?:src|href)="?(?:https?:)?//')

pytestmark = pytest.mark.promise("P13")


def test_no_script_of_ours_measures_a_phone() -> None:
    scripts = [*(ROOT / "static").rglob("*.js")]

    found = {(path.name.partition("-")[0], asked) for path in scripts for asked in MEASURES.findall(path.read_text())}
    assert scripts
    # A passkey answers when she presses its button, with a key that is this site's alone.
    assert found <= {("passkey", "navigator.credentials")}


def test_no_column_could_hold_what_tells_a_phone_or_a_place() -> None:
    columns = [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns]

    assert [name for name in columns if IDENTIFIES.search(name)] == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_open_page_loads_from_here_alone_and_asks_for_no_place(app: Flask, client: StrictClient) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    wrong = []
    for rule in rules:
        if audience_of(app.view_functions[rule.endpoint]) != PUBLIC:
            continue
        answer = client.get(rule.rule)
        policy = answer.headers["Content-Security-Policy"]
        if not policy.startswith(("default-src 'self'", "default-src 'none'")) or re.search(r"https?:|\*|data:", policy):
            wrong.append(f"{rule.rule}: {policy}")
        if answer.mimetype == "text/html" and "geolocation=()" not in answer.headers.get("Permissions-Policy", ""):
            wrong.append(f"{rule.rule}: a place may be asked for")
        if found := ELSEWHERE.search(answer.get_data(as_text=True)):
            wrong.append(f"{rule.rule}: {found[0]}")

    assert wrong == []

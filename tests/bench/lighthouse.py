"""What Lighthouse says of five pages on a pretend phone; its version is pinned in package.json beside this file."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.draft import ready_draft
from tests.served import Served

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / ".bin" / "lighthouse"
OPEN = ("/", "/services?q=janam+parman+patar", "/services/birth-certificate", "/sign-in")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
GOAL, ATTEMPTS = 100, 3


def report(served: Served, *, cookie: str) -> Iterator[str]:
    """Yield a line for each page: its four scores and what keeps one below the goal; or one line that says what is lacking."""
    lacking = [name for name in ("node", "npm", "chromium") if shutil.which(name) is None]
    if lacking:
        yield f"Lighthouse was not run: {', '.join(lacking)} lacking (apt-get install nodejs npm chromium)"
        return
    if not PROGRAM.exists():
        subprocess.run(["npm", "ci", "--silent", "--prefix", str(HERE)], check=True)
    for path in OPEN:
        yield line(path, examine(served, path))
    review = ready_draft(served, cookie=cookie)
    yield line("/applications/<ref>/review, signed in", examine(served, review, cookie=cookie))


def examine(served: Served, path: str, *, cookie: str = "") -> dict[str, Any]:
    """Return Lighthouse's own report of a page; RuntimeError if it saw another page than the one asked for."""
    address = f"http://127.0.0.1:{served.port}{path}"
    with tempfile.TemporaryDirectory(prefix="msewa-lighthouse-") as name:
        headers, found = Path(name, "headers.json"), Path(name, "report.json")
        headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
        command = [str(PROGRAM), address, "--quiet", "--output=json", f"--output-path={found}", f"--extra-headers={headers}"]
        command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
        run(command, environment={**os.environ, "CHROME_PATH": str(shutil.which("chromium"))})
        result = json.loads(found.read_text())
    # A redirect to the sign-in page would score as well as the page behind it.
    if result["finalDisplayedUrl"] != address:
        raise RuntimeError(f"{path} led to {result['finalDisplayedUrl']}")
    return result


def run(command: list[str], *, environment: dict[str, str]) -> None:
    """Run Lighthouse, and again where it says that it recorded nothing; a low score is never measured again."""
    for _ in range(ATTEMPTS):
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        if ended.returncode == 0:
            return
    raise RuntimeError(ended.stderr)


def line(path: str, result: dict[str, Any]) -> str:
    """Write a page's scores, and by name each audit that costs it points."""
    categories = result["categories"]
    scores = ", ".join(f"{name} {categories[name]['score'] * 100:.0f}" for name in CATEGORIES)
    costly = sorted(
        audit["id"]
        for name in CATEGORIES
        if categories[name]["score"] < 1
        for audit in categories[name]["auditRefs"]
        if audit["weight"] and (result["audits"][audit["id"]]["score"] or 0) < 1 and is_counted(result["audits"][audit["id"]])
    )
    return f"Lighthouse mobile, {path}: {scores} of {GOAL}" + (f"; lost by {', '.join(costly)}" if costly else "")


def is_counted(audit: dict[str, Any]) -> bool:
    """Whether an audit's score counts: those that did not apply, or only inform, have none."""
    return audit["scoreDisplayMode"] in ("binary", "numeric", "metricSavings", "error")

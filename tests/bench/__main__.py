"""make bench: floors and ours in one run, printed as ratios."""

import tempfile
import time
from pathlib import Path

from tests.bench import cost, leaving, ledger, lighthouse, privacy, search, weight
from tests.served import Served

MEMORY_MOST, READY_MOST, FIRST_MOST = 120, 3.0, 1.0


def main() -> None:
    """Run every benchmark and print a line for each measure."""
    search.main()
    for line in (*ledger.report(), *leaving.report()):
        print(line)
    with tempfile.TemporaryDirectory(prefix="msewa-bench-") as name:
        data = Path(name, "data")
        cost.fill(data)
        privacy.fill(data)
        with Served.product(data) as served:
            began = time.perf_counter()
            served.get("/services?q=janam+parman+patar")
            first = time.perf_counter() - began
            print(f"second start ready in {served.seconds_to_ready:.2f} s of {READY_MOST}; first search in {first:.2f} s of {FIRST_MOST}")
            cookie = served.sign_in("harjinder")
            for line in cost.report(served, cookie=cookie, folder=Path(name, "floor")):
                print(line)
            for line in privacy.report(served, cookie=served.sign_in("ramesh"), folder=Path(name, "privacy-floor")):
                print(line)
            for line in weight.report(served, cookie=cookie):
                print(line)
            for line in weight.first_paint(served):
                print(line)
            for line in lighthouse.report(served, cookie=cookie):
                print(line)
            memory = served.memory_megabytes()
            print(f"memory of the serving process: {memory:.0f} MB of {MEMORY_MOST} ({memory / MEMORY_MOST:.2f})")


if __name__ == "__main__":
    main()

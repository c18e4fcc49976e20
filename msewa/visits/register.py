"""The published register of metrics, read from its file."""

from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from msewa.visits.rules import Metric

FILE = Path(__file__).parent / "data" / "metrics.yaml"


@cache
def metrics() -> MappingProxyType[str, Metric]:
    """Return every metric by its id, in the register's order."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    closed = {row["id"]: frozenset(row.pop("values")) for row in rows if "values" in row}
    made = (Metric(**row, values=closed.get(row["id"])) for row in rows)
    return MappingProxyType({metric.id: metric for metric in made})

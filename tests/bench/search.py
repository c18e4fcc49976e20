"""Measures the search on the judged phrasings, beside two plain ways to search the same names and keywords."""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping
from statistics import median, quantiles
from time import perf_counter
from typing import Any

from rapidfuzz.fuzz import token_set_ratio
from rapidfuzz.process import extract

from msewa.catalogue.search.entries import SearchEntry
from msewa.catalogue.search.index import SearchIndex, get_lexicon
from tests.catalogue.catalogue_entries import read_entries, read_phrasings

Search = Callable[[str], list[str]]
Phrasing = Mapping[str, Any]
# Below this likeness a fuzzy match is no answer; the value serves that baseline best on both measures.
FUZZY_CUTOFF = 62


def make_search(entries: Iterable[SearchEntry]) -> Search:
    """Our search, as a function from a query to ids."""
    index = SearchIndex.build(entries)
    return lambda query: [hit.id for hit in index.search(query)]


def make_trigrams(entries: Iterable[SearchEntry]) -> Search:
    """Plain SQLite FTS5 with its trigram tokenizer, any word may match, ranked by bm25."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE entry USING fts5(id UNINDEXED, text, tokenize='trigram')")
    database.executemany("INSERT INTO entry VALUES (?, ?)", ((entry.id, _text(entry)) for entry in entries))

    def search(query: str) -> list[str]:
        letters = query.lower()
        pieces = {letters[at : at + 3].replace('"', '""') for at in range(len(letters) - 2)}
        if not pieces:
            return []
        wanted = " OR ".join(f'"{piece}"' for piece in sorted(pieces))
        return [row[0] for row in database.execute("SELECT id FROM entry WHERE entry MATCH ? ORDER BY rank", (wanted,))]

    return search


def make_fuzzy(entries: Iterable[SearchEntry]) -> Search:
    """Plain rapidfuzz over names and keywords."""
    texts = {entry.id: _text(entry).lower() for entry in entries}

    def search(query: str) -> list[str]:
        found = extract(query.lower(), texts, scorer=token_set_ratio, limit=10, score_cutoff=FUZZY_CUTOFF)
        return [id for _, _, id in found]

    return search


def _text(entry: SearchEntry) -> str:
    return " ".join((*entry.names.values(), *entry.keywords))


def get_rank(found: list[str], wanted: list[str]) -> int:
    """The place of the first wanted id, counted from 1; 0 where none was found."""
    return next((place for place, id in enumerate(found, start=1) if id in wanted), 0)


def measure(search: Search, phrasings: list[Phrasing]) -> tuple[float, float]:
    """Recall among the first three, and the mean reciprocal rank."""
    ranks = [get_rank(search(phrasing["q"]), phrasing["want"]) for phrasing in phrasings]
    recall = sum(0 < rank <= 3 for rank in ranks) / len(ranks)
    return recall, sum(1 / rank for rank in ranks if rank) / len(ranks)


def measure_quiet(search: Search, hopeless: list[Phrasing]) -> float:
    """The share of hopeless queries that find nothing."""
    return sum(not search(phrasing["q"]) for phrasing in hopeless) / len(hopeless)


def measure_times(search: Search, queries: list[str]) -> list[float]:
    """Milliseconds of each query, the best of three so that a busy machine does not count."""
    return [min(_time(search, query) for _ in range(3)) for query in queries]


def _time(search: Search, query: str) -> float:
    began = perf_counter()
    search(query)
    return (perf_counter() - began) * 1000


def report(name: str, search: Search, judged: Mapping[str, list[Phrasing]]) -> str:
    """One line: recall and rank on tuned and held-out phrasings, quiet share, milliseconds."""
    phrasings, hopeless = judged["phrasings"], judged["hopeless"]
    held = [phrasing for phrasing in phrasings if phrasing.get("held_out")]
    tuned = [phrasing for phrasing in phrasings if not phrasing.get("held_out")]
    figures = [*measure(search, tuned), *measure(search, held), measure_quiet(search, hopeless)]
    times = measure_times(search, [phrasing["q"] for phrasing in [*phrasings, *hopeless]])
    figures += [median(times), quantiles(times, n=20)[-1]]
    return f"{name:<14}" + "".join(f"{figure:>11.2f}" for figure in figures)


def main() -> None:
    """Print the table."""
    entries, judged = read_entries(), read_phrasings()
    get_lexicon()
    began = perf_counter()
    ours = make_search(entries)
    columns = ("recall@3", "MRR", "held r@3", "held MRR", "quiet", "p50 ms", "p95 ms")
    lines = [
        f"search: {len(judged['phrasings'])} phrasings, {len(judged['hopeless'])} hopeless queries, "
        f"index built in {(perf_counter() - began) * 1000:.0f} ms",
        " " * 14 + "".join(f"{column:>11}" for column in columns),
        report("msewa", ours, judged),
        report("fts5 trigram", make_trigrams(entries), judged),
        report("token_set", make_fuzzy(entries), judged),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

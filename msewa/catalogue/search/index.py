"""The index: what each service is called and said to be, weighed by how telling every word is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log

from msewa.catalogue.search.entries import Hit, Reason, ReasonKind, SearchEntry
from msewa.catalogue.search.spelling import sound, split_words
from msewa.catalogue.search.understanding import Meaning, Vocabulary
from msewa.catalogue.search.words import ASIDE, ELSEWHERE, Lexicon, make_lexicon, read_words

# Weights were tuned on the phrasings of tests/catalogue that are not held out.
FIELD_WEIGHTS: dict[ReasonKind, float] = {"category": 0.5, "provider": 0.5}
LABELS = frozenset[ReasonKind]({"name", "other_name", "keyword"})
SUMMARY_WEIGHT = 0.6
# An unknown word may be a name or a filler; a word of another world says that the query is not for us.
UNKNOWN_WEIGHT = 3.0
# A story told at length has many words that nobody listed; a short query has not.
MAX_UNKNOWN = 9.0
# A word without a sense in the lexicon is rare in the catalogue by chance.
PLAIN_WEIGHT = 0.7
# Seldom a service but often said beside one (`visa`, a film star's surname): a clear wish outweighs it, a vague one not.
ASIDE_WEIGHT = 6.0
ELSEWHERE_WEIGHT = 12.0
# What a saying still counts when hardly any of it was said, so that a short query finds a long name.
PARTLY_SAID = 0.55
SAYING_SHARE = 0.6
BAG_SHARE = 0.5
POPULAR_BONUS = 0.25
MIN_COVERAGE = 0.5
MIN_EVIDENCE = 0.5
MIN_SHARE = 0.3
# What always suffices: in a long story the wish itself is a small share.
ENOUGH = 4.0
NUMBER_WEIGHT = 0.4
KEEP_ABOVE = 0.6
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to say what an entry is: a name, a keyword or a phrase, with the terms in it."""

    entry: int
    kind: ReasonKind
    text: str
    terms: frozenset[str]
    weight: float = 1.0


@lru_cache(maxsize=1)
def get_lexicon() -> Lexicon:
    """The lexicon of words.yaml, read once in a process."""
    return make_lexicon(read_words())


class SearchIndex:
    """A searchable list of entries; it never changes after it was built."""

    def __init__(self, ids: list[str], popular: frozenset[int], sayings: list[Saying], *, lexicon: Lexicon) -> None:
        """Take what `build` prepared."""
        self._ids = ids
        self._popular = popular
        self._sayings = sayings
        self._faint = lexicon.faint
        self._concepts = frozenset(sense for senses in lexicon.senses.values() for sense in senses)
        self._bag: dict[str, dict[int, float]] = defaultdict(dict)
        self._uses: dict[str, list[int]] = defaultdict(list)
        self._labels: dict[int, list[int]] = defaultdict(list)
        self._sounds: dict[int, frozenset[str]] = {}
        for number, saying in enumerate(sayings):
            self._add(number, saying)
        self._weights = {term: self._weigh(term) for term in self._bag}
        self._lengths = [sum(self._weights[term] for term in saying.terms) for saying in sayings]
        self._vocabulary = Vocabulary(lexicon, self._bag)

    @classmethod
    def build(cls, entries: Iterable[SearchEntry], *, lexicon: Lexicon | None = None) -> SearchIndex:
        """Index entries, adding to each what people say for it in words.yaml."""
        lexicon = lexicon or get_lexicon()
        listed = list(entries)
        sayings = [saying for number, entry in enumerate(listed) for saying in _list_sayings(number, entry, lexicon)]
        popular = frozenset(number for number, entry in enumerate(listed) if entry.popular)
        return cls([entry.id for entry in listed], popular, sayings, lexicon=lexicon)

    def search(self, query: str, *, limit: int = 50) -> list[Hit]:
        """Find entries, best first; none when the query's telling words are of something else."""
        words = split_words(query)
        if not self._vocabulary.is_telling(words) or self._vocabulary.is_away(words):
            return []
        meanings = self._vocabulary.understand(words)
        if not self._vocabulary.names_a_topic(meanings):
            return []
        return self._rank(meanings, limit=limit, min_coverage=MIN_COVERAGE)

    def suggest(self, query: str) -> list[str]:
        """Ids of up to three entries that share at least something with a query that found nothing."""
        meanings = [meaning for meaning in self._vocabulary.understand(split_words(query)) if meaning.senses]
        return [hit.id for hit in self._rank(meanings, limit=SUGGESTIONS, min_coverage=0.3)]

    def _add(self, number: int, saying: Saying) -> None:
        if saying.kind in LABELS:
            self._labels[saying.entry].append(number)
        for term in saying.terms:
            self._uses[term].append(number)
            held = self._bag[term]
            held[saying.entry] = max(held.get(saying.entry, 0.0), saying.weight)

    def _weigh(self, term: str) -> float:
        rarity = log(1 + len(self._ids) / len(self._bag[term]))
        plain = NUMBER_WEIGHT if term.isdigit() else 1.0 if term in self._concepts else PLAIN_WEIGHT
        return rarity * self._faint.get(term, plain)

    def _need(self, meaning: Meaning) -> float:
        """How much a part of the query weighs, whether or not an entry answers it."""
        if any(term == ELSEWHERE for term, _ in meaning.senses):
            return ELSEWHERE_WEIGHT
        if any(term == ASIDE for term, _ in meaning.senses):
            return ASIDE_WEIGHT
        if meaning.typed.isdigit():
            # A number that somebody adds, such as a year, neither speaks for an entry nor against it.
            return 0.0
        return max((self._weights.get(term, 0.0) for term, _ in meaning.senses), default=UNKNOWN_WEIGHT)

    def _floor(self, meanings: list[Meaning], *, min_coverage: float) -> float:
        """What the best entry must share with a query; out of reach when too little of the query is known at all."""
        needs = [(self._need(meaning), meaning) for meaning in meanings]
        # Judged by the query, not by the best entry: a true story mentions more than one service can answer.
        known = sum(need * meaning.certainty for need, meaning in needs if self._is_known(meaning))
        unknown = sum(need for need, meaning in needs if not meaning.senses)
        if known < min_coverage * (sum(need for need, _ in needs) - max(0.0, unknown - MAX_UNKNOWN)):
            return inf
        return max(MIN_EVIDENCE, min(ENOUGH, known * MIN_SHARE))

    def _is_known(self, meaning: Meaning) -> bool:
        return any(term in self._weights for term, _ in meaning.senses)

    def _rank(self, meanings: list[Meaning], *, limit: int, min_coverage: float) -> list[Hit]:
        bag, sayings = self._gather(meanings)
        if max(bag.values(), default=0.0) < self._floor(meanings, min_coverage=min_coverage):
            return []
        best = self._choose_sayings(sayings)
        scores = {entry: self._score(entry, closeness, bag[entry]) for entry, (closeness, _) in best.items()}
        order = sorted(scores, key=lambda entry: (-scores[entry], self._ids[entry]))[:limit]
        return [
            Hit(self._ids[entry], round(scores[entry], 3), self._give_reason(best[entry][1], meanings))
            for entry in order
            if scores[entry] >= KEEP_ABOVE * scores[order[0]]
        ]

    def _choose_sayings(self, overlaps: Mapping[int, float]) -> dict[int, tuple[float, int]]:
        """For every entry the saying that is closest to the query: how close, and its number."""
        best: dict[int, tuple[float, int]] = {}
        for number, overlap in overlaps.items():
            saying = self._sayings[number]
            # Capped: a query may say a word of it in two ways, and nothing is more than wholly said.
            share = min(1.0, overlap / (self._lengths[number] or 1.0))
            closeness = overlap * (PARTLY_SAID + (1 - PARTLY_SAID) * share) * saying.weight
            if saying.entry not in best or closeness > best[saying.entry][0]:
                best[saying.entry] = (closeness, number)
        return best

    def _score(self, entry: int, closeness: float, in_bag: float) -> float:
        return SAYING_SHARE * closeness + BAG_SHARE * in_bag + (POPULAR_BONUS if entry in self._popular else 0.0)

    def _gather(self, meanings: list[Meaning]) -> tuple[dict[int, float], dict[int, float]]:
        """Add up, for every entry and for every saying, the weight of what it shares with the query."""
        bag: dict[int, float] = defaultdict(float)
        sayings: dict[int, float] = defaultdict(float)
        for meaning in meanings:
            # Of each part of the query its best sense alone, or a word of many senses would weigh as many times.
            in_entries: dict[int, float] = {}
            in_sayings: dict[int, float] = {}
            for term, likeness in meaning.senses:
                weight = likeness * self._weights.get(term, 0.0)
                for entry, share in self._bag.get(term, {}).items():
                    in_entries[entry] = max(in_entries.get(entry, 0.0), weight * share)
                for number in self._uses.get(term, ()):
                    in_sayings[number] = max(in_sayings.get(number, 0.0), weight)
            for entry, weight in in_entries.items():
                bag[entry] += weight
            for number, weight in in_sayings.items():
                sayings[number] += weight
        return bag, sayings

    def _give_reason(self, number: int, meanings: list[Meaning]) -> Reason:
        """Name what matched: a text of the catalogue, or for a meaning the words of the query that carry it."""
        saying = self._sayings[number]
        shared = [meaning for meaning in meanings if any(term in saying.terms for term, _ in meaning.senses)]
        literal = self._find_literal(saying, shared)
        if literal:
            return Reason(literal.kind, literal.text)
        if saying.kind == "meaning":
            return Reason("meaning", " ".join(meaning.typed for meaning in shared))
        if saying.kind in LABELS and any(meaning.is_guess for meaning in shared):
            return Reason("spelling", saying.text)
        return Reason(saying.kind, saying.text)

    def _find_literal(self, chosen: Saying, shared: list[Meaning]) -> Saying | None:
        """The name or keyword that has the very words of the query, which explains itself better than a synonym."""
        typed = {sound(word) for meaning in shared for word in meaning.typed.split()}
        for number in self._labels[chosen.entry]:
            if typed and typed <= self._get_sounds(number):
                return self._sayings[number]
        return None

    def _get_sounds(self, number: int) -> frozenset[str]:
        # Made when first needed: most labels are never looked at, and the build has to be short.
        if number not in self._sounds:
            self._sounds[number] = frozenset(sound(word) for word in split_words(self._sayings[number].text))
        return self._sounds[number]


def _list_sayings(number: int, entry: SearchEntry, lexicon: Lexicon) -> Iterable[Saying]:
    fields: list[tuple[ReasonKind, Iterable[str]]] = [
        ("name", entry.names.values()),
        ("keyword", (word for word in entry.keywords if " " not in word)),
        ("other_name", (words for words in entry.keywords if " " in words)),
        ("meaning", (*entry.phrases, *lexicon.phrases.get(entry.id, ()))),
        ("category", entry.categories),
        ("provider", entry.providers),
    ]
    for kind, texts in fields:
        for text in texts:
            yield Saying(number, kind, text, lexicon.terms_of(text), FIELD_WEIGHTS.get(kind, 1.0))
    yield Saying(number, "meaning", entry.summary, lexicon.terms_of(entry.summary), SUMMARY_WEIGHT)

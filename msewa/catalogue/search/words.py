"""The lexicon: which words of four languages mean the same, which say nothing, which are of other worlds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml

from msewa.catalogue.search.spelling import bones, sound, split_words, stem

WORDS_PATH = Path(__file__).parent.parent / "data" / "words.yaml"
ELSEWHERE = "*elsewhere"
ASIDE = "*aside"
UNSERVED = frozenset({ELSEWHERE, ASIDE})
MAX_RUN = 4
MIN_BONES = 3


@dataclass(slots=True)
class Lexicon:
    """Senses of words by their sound and of runs of words by their bones; faint senses count for less."""

    senses: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    by_bones: dict[str, str] = field(default_factory=dict[str, str])
    runs: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    away_runs: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    run_starts: set[str] = field(default_factory=set[str])
    silent: set[str] = field(default_factory=set[str])
    modifiers: set[str] = field(default_factory=set[str])
    places: set[str] = field(default_factory=set[str])
    bridges: set[str] = field(default_factory=set[str])
    faint: dict[str, float] = field(default_factory=dict[str, float])
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    _read_before: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    _same: dict[frozenset[str], frozenset[str]] = field(default_factory=dict[frozenset[str], frozenset[str]])

    def add(self, text: str, sense: str) -> None:
        """Let a word, or a run of words, have one sense more."""
        words = split_words(text)
        if len(words) == 1:
            key = sound(words[0])
            known = self.senses.get(key, ())
            if sense not in known and not (known and sense in UNSERVED):
                self.senses[key] = (*known, sense)
                self.by_bones.setdefault(bones(key), self.senses[key][0])
        elif sense in UNSERVED:
            # By sound, not by bones: a careless match here would silence a true wish (`bye bye`, `bhai bhai`).
            self.away_runs.setdefault(tuple(sound(word) for word in words[:MAX_RUN]), sense)
        elif words:
            run = tuple(bones(sound(word)) for word in words[:MAX_RUN])
            self.runs.setdefault(run, sense)
            self.run_starts.add(run[0])

    def _term_of(self, word: str) -> str:
        """The first sense of a word or of its careless spelling, or, for a word without one, its own sound."""
        key = sound(word)
        skeleton = bones(key)
        if key in self.senses:
            return self.senses[key][0]
        # With less left of a word, too many others have the same.
        if len(skeleton) >= MIN_BONES and skeleton in self.by_bones:
            return self.by_bones[skeleton]
        return sound(stem(word))

    def is_silent(self, word: str) -> bool:
        """Whether a word carries no meaning of its own (`di`, `the`, `chahida`)."""
        return word in self.silent

    def is_away(self, words: list[str]) -> bool:
        """Whether words name a place of another state and nothing that leads from there to Punjab."""
        heard = {sound(word) for word in words}
        return not heard.isdisjoint(self.places) and heard.isdisjoint(self.bridges)

    def run_at(self, keys: list[str], start: int) -> tuple[int, str] | None:
        """The longest known run of words that begins at a place: how many words, and its sense."""
        if keys[start] not in self.run_starts:
            return None
        for length in range(min(MAX_RUN, len(keys) - start), 1, -1):
            sense = self.runs.get(tuple(keys[start : start + length]))
            if sense:
                return length, sense
        return None

    def away_run_at(self, sounds: list[str], start: int) -> tuple[int, str] | None:
        """The longest run of words of another world that begins at a place."""
        for length in range(min(MAX_RUN, len(sounds) - start), 1, -1):
            sense = self.away_runs.get(tuple(sounds[start : start + length]))
            if sense:
                return length, sense
        return None

    def terms_of(self, text: str) -> frozenset[str]:
        """The terms that a text of the catalogue is about."""
        words = split_words(text)
        keys = [self._read(word) for word in words]
        skeletons = [skeleton for skeleton, _ in keys]
        terms: set[str] = set()
        at = 0
        while at < len(words):
            run = self.run_at(skeletons, at)
            terms.add(run[1] if run else keys[at][1])
            at += run[0] if run else 1
        found = frozenset(terms - {"", *UNSERVED})
        return self._same.setdefault(found, found)  # a name is about the same in three languages

    def _read(self, word: str) -> tuple[str, str]:
        """The bones and the term of a word of the catalogue, remembered because names repeat few words often."""
        if word not in self._read_before:
            term = "" if self.is_silent(word) else self._term_of(word)
            self._read_before[word] = (bones(sound(word)), term)
        return self._read_before[word]


def split_list(text: str | None) -> list[str]:
    """Split a comma-separated list as words.yaml writes them."""
    return [" ".join(part.split()) for part in (text or "").split(",") if part.strip()]


def make_lexicon(source: Mapping[str, object]) -> Lexicon:
    """Make a lexicon from the plain values of words.yaml."""
    lexicon = Lexicon()
    for sense, forms in cast(Mapping[str, str], source["concepts"]).items():
        for form in split_list(forms):
            lexicon.add(form, sense)
    # Words stored by an earlier release lack the newer lists, and must still be read until they are loaded anew.
    for name, sense in (("elsewhere", ELSEWHERE), ("aside", ASIDE)):
        for form in split_list(cast(str | None, source.get(name))):
            lexicon.add(form, sense)
    lexicon.silent.update(split_words(form)[0] for form in split_list(cast(str, source["silent"])))
    lexicon.modifiers.update(split_list(cast(str | None, source.get("modifiers"))))
    lexicon.places.update(sound(split_words(form)[0]) for form in split_list(cast(str | None, source.get("places"))))
    lexicon.bridges.update(sound(split_words(form)[0]) for form in split_list(cast(str | None, source.get("bridges"))))
    lexicon.faint.update(cast(Mapping[str, float], source["faint"]))
    services = cast(Mapping[str, str], source["services"])
    lexicon.phrases.update({id: tuple(split_list(phrases)) for id, phrases in services.items()})
    return lexicon


def read_words(path: Path = WORDS_PATH) -> Mapping[str, object]:
    """Read words.yaml as plain values, which may be kept as JSON to start faster."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))

"""The lexicon: which words of four languages mean the same, which say nothing, which are of other worlds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml

from msewa.catalogue.search.spelling import bones, romanise, sound, split_words, stem

WORDS_PATH = Path(__file__).parent.parent / "data" / "words.yaml"
ELSEWHERE = "*elsewhere"
MAX_RUN = 4


@dataclass(slots=True)
class Lexicon:
    """Senses of words by their sound and of runs of words by their bones; faint senses count for less."""

    senses: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    runs: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    run_starts: set[str] = field(default_factory=set[str])
    silent: set[str] = field(default_factory=set[str])
    faint: dict[str, float] = field(default_factory=dict[str, float])
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def add(self, text: str, sense: str) -> None:
        """Let a word, or a run of words, have one sense more."""
        words = split_words(text)
        if len(words) == 1:
            key = sound(words[0])
            self.senses[key] = (*self.senses.get(key, ()), sense)
        elif words:
            run = tuple(bones(sound(word)) for word in words[:MAX_RUN])
            self.runs.setdefault(run, sense)
            self.run_starts.add(run[0])

    def term_of(self, word: str) -> str:
        """The first sense of a word, or, for a word without one, its own sound."""
        key = sound(word)
        return self.senses[key][0] if key in self.senses else sound(stem(word))

    def is_silent(self, word: str) -> bool:
        """Whether a word carries no meaning of its own (`di`, `the`, `chahida`)."""
        return sound(word) in self.silent

    def run_at(self, keys: list[str], start: int) -> tuple[int, str] | None:
        """The longest known run of words that begins at a place: how many words, and its sense."""
        if keys[start] not in self.run_starts:
            return None
        for length in range(min(MAX_RUN, len(keys) - start), 1, -1):
            sense = self.runs.get(tuple(keys[start : start + length]))
            if sense:
                return length, sense
        return None

    def terms_of(self, words: list[str]) -> Iterator[str]:
        """The terms that a text of the catalogue is about, in its order."""
        keys = [bones(sound(word)) for word in words]
        at = 0
        while at < len(words):
            run = self.run_at(keys, at)
            if run:
                yield run[1]
            elif not self.is_silent(words[at]):
                yield self.term_of(words[at])
            at += run[0] if run else 1


def split_list(text: str | None) -> list[str]:
    """Split a comma-separated list as words.yaml writes them."""
    return [" ".join(part.split()) for part in (text or "").split(",") if part.strip()]


def make_lexicon(source: Mapping[str, object]) -> Lexicon:
    """Make a lexicon from the plain values of words.yaml."""
    lexicon = Lexicon()
    for sense, forms in cast(Mapping[str, str], source["concepts"]).items():
        for form in split_list(forms):
            lexicon.add(form, sense)
    for form in split_list(cast(str, source["elsewhere"])):
        lexicon.add(form, ELSEWHERE)
    lexicon.silent.update(_sounds(split_list(cast(str, source["silent"]))))
    lexicon.faint.update(cast(Mapping[str, float], source["faint"]))
    services = cast(Mapping[str, str], source["services"])
    lexicon.phrases.update({id: tuple(split_list(phrases)) for id, phrases in services.items()})
    return lexicon


def _sounds(words: Iterable[str]) -> Iterator[str]:
    return (sound(romanise(word).strip()) for word in words)


def read_words(path: Path = WORDS_PATH) -> Mapping[str, object]:
    """Read words.yaml as plain values, which may be kept as JSON to start faster."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)

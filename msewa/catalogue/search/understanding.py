"""Understanding a query: each of its words with the terms that it may stand for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from msewa.catalogue.search.spelling import MAX_WORDS, bones, singular, sound, stem
from msewa.catalogue.search.words import ELSEWHERE, MIN_BONES, Lexicon

SAME_BONES = 0.9
ONE_SLIP = 0.8
TWO_SLIPS = 0.65
MAX_GUESSES = 3
MIN_HALF = 4
SHORT_WORD = 5
LONG_WORD = 8
SURE, UNSURE, DOUBTFUL = 0.8, 0.5, 0.35


@dataclass(frozen=True, slots=True)
class Meaning:
    """A part of the query and the terms it may stand for, each with its likeness from 0 to 1.

    `certainty` tells how sure it is that any of them was meant: a slip in a short word may well be another word.
    """

    typed: str
    senses: tuple[tuple[str, float], ...]
    certainty: float = 1.0

    @property
    def is_guess(self) -> bool:
        """Whether the word was understood only by mending its spelling."""
        return bool(self.senses) and max(likeness for _, likeness in self.senses) < SAME_BONES


class Vocabulary:
    """Every word that the catalogue or the lexicon knows, found by sound, by bones or by a slip or two."""

    def __init__(self, lexicon: Lexicon, terms: Iterable[str]) -> None:
        """Index the lexicon's words and the catalogue's own."""
        self._lexicon = lexicon
        self._by_sound: dict[str, tuple[str, ...]] = {term: (term,) for term in terms} | lexicon.senses
        self._by_bones: dict[str, set[str]] = defaultdict(set)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for key, senses in self._by_sound.items():
            # A mended spelling should lead to what is on offer, never away from it.
            if senses == (ELSEWHERE,):
                continue
            self._by_bones[bones(key)].update(senses)
            self._by_length[len(key)].append(key)

    def understand(self, words: list[str]) -> list[Meaning]:
        """Read a query's words, leaving out those that say nothing and numbers nobody knows."""
        words = [part for word in words for part in self._part(word)][:MAX_WORDS]
        keys = [bones(sound(word)) for word in words]
        meanings: list[Meaning] = []
        at = 0
        while at < len(words):
            run = self._lexicon.run_at(keys, at)
            length = run[0] if run else 1
            if run:
                meanings.append(Meaning(" ".join(words[at : at + length]), ((run[1], 1.0),)))
            elif not self._lexicon.is_silent(words[at]):
                meanings.append(self._read(words[at]))
            at += length
        return [meaning for meaning in meanings if meaning.senses or not meaning.typed.isdigit()]

    def _knows(self, word: str) -> bool:
        return not self._by_sound.keys().isdisjoint((sound(word), sound(singular(word)))) or self._lexicon.is_silent(word)

    def _part(self, word: str) -> list[str]:
        """Part two words that were written as one (`rationcard`), where both halves are known."""
        if len(word) >= LONG_WORD and not self._knows(word) and bones(sound(word)) not in self._by_bones:
            for at in range(len(word) - MIN_HALF, MIN_HALF - 1, -1):
                if self._knows(word[:at]) and self._knows(word[at:]):
                    return [word[:at], word[at:]]
        return [word]

    def _read(self, word: str) -> Meaning:
        key, base = sound(word), sound(stem(word))
        known = self._by_sound.get(key) or self._by_sound.get(base) or self._by_sound.get(sound(singular(word)))
        if known:
            return Meaning(word, tuple((sense, 1.0) for sense in known))
        for skeleton in (bones(key), bones(sound(singular(word)))):
            if len(skeleton) >= MIN_BONES and skeleton in self._by_bones:
                senses = tuple((sense, SAME_BONES) for sense in sorted(self._by_bones[skeleton]))
                return Meaning(word, senses, 1.0 if len(skeleton) > MIN_BONES else UNSURE)
        return Meaning(word, ()) if word.isdigit() else self._guess(word, key)

    def _guess(self, word: str, key: str) -> Meaning:
        """The nearest known words: one slip in four letters or more, two in eight or more."""
        slips = 0 if len(key) < 4 else 1 if len(key) < LONG_WORD else 2
        near = self._list_near(key, slips) if slips else []
        best = min((distance for _, distance in near), default=0)
        found = [other for other, distance in near if distance == best][:MAX_GUESSES]
        likeness = ONE_SLIP if best == 1 else TWO_SLIPS
        senses = tuple((sense, likeness) for other in found for sense in self._by_sound[other])
        return Meaning(word, senses, _certainty(key, found))

    def _list_near(self, key: str, slips: int) -> list[tuple[str, float]]:
        return [
            (found, distance)
            for length in range(len(key) - slips, len(key) + slips + 1)
            for found, distance, _ in extract(
                key, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=MAX_GUESSES
            )
            if len(key) > SHORT_WORD or found[0] == key[0]
        ]


def _certainty(key: str, found: list[str]) -> float:
    """Long words and swapped letters are surely slips; in a short word one other letter makes another word."""
    if len(key) >= LONG_WORD or any(sorted(key) == sorted(other) for other in found):
        return SURE
    return UNSURE if len(key) > SHORT_WORD else DOUBTFUL

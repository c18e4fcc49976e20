"""Understanding a query: each of its words with the terms that it may stand for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from msewa.catalogue.search.spelling import bones, sound, stem
from msewa.catalogue.search.words import ELSEWHERE, MIN_BONES, Lexicon

SAME_BONES = 0.9
ONE_SLIP = 0.8
TWO_SLIPS = 0.65
MAX_GUESSES = 3


@dataclass(frozen=True, slots=True)
class Meaning:
    """A part of the query and the terms it may stand for, each with its likeness from 0 to 1."""

    typed: str
    senses: tuple[tuple[str, float], ...]

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
            if senses == (ELSEWHERE,):
                continue
            self._by_bones[bones(key)].update(senses)
            self._by_length[len(key)].append(key)

    def understand(self, words: list[str]) -> list[Meaning]:
        """Read a query's words, leaving out those that say nothing and numbers nobody knows."""
        keys = [bones(sound(word)) for word in words]
        meanings: list[Meaning] = []
        at = 0
        while at < len(words):
            run = self._lexicon.run_at(keys, at)
            length = run[0] if run else 1
            if run:
                meanings.append(Meaning(" ".join(words[at : at + length]), ((run[1], 1.0),)))
            elif not self._lexicon.is_silent(words[at]):
                meanings.append(Meaning(words[at], self._senses_of(words[at])))
            at += length
        return [meaning for meaning in meanings if meaning.senses or not meaning.typed.isdigit()]

    def _senses_of(self, word: str) -> tuple[tuple[str, float], ...]:
        key, base = sound(word), sound(stem(word))
        known = self._by_sound.get(key) or self._by_sound.get(base)
        if known:
            return tuple((sense, 1.0) for sense in known)
        skeleton = bones(key)
        if len(skeleton) >= MIN_BONES and skeleton in self._by_bones:
            return tuple((sense, SAME_BONES) for sense in sorted(self._by_bones[skeleton]))
        return () if word.isdigit() else self._guess(key)

    def _guess(self, key: str) -> tuple[tuple[str, float], ...]:
        """The nearest known words: one slip in four letters or more, two in eight or more."""
        slips = 0 if len(key) < 4 else 1 if len(key) < 8 else 2
        if not slips:
            return ()
        near = [
            found
            for length in range(len(key) - slips, len(key) + slips + 1)
            for found in extract(key, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=3)
            if len(key) > 5 or found[0][0] == key[0]
        ]
        best = min((distance for _, distance, _ in near), default=0)
        likeness = ONE_SLIP if best == 1 else TWO_SLIPS
        words = [word for word, distance, _ in near if distance == best][:MAX_GUESSES]
        return tuple((sense, likeness) for word in words for sense in self._by_sound[word])

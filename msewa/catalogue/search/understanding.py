"""Understanding a query: each of its words with the terms that it may stand for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from msewa.catalogue.search.spelling import MAX_WORDS, bones, singular, sound, stem
from msewa.catalogue.search.words import ASIDE, MIN_BONES, UNSERVED, Lexicon

SAME_BONES = 0.9
ONE_SLIP = 0.8
TWO_SLIPS = 0.65
MAX_GUESSES = 3
MIN_HALF = 4
SHORT_WORD = 5
LONG_WORD = 8
TELLING_DIGITS = 4
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
        own = {term: (term,) for term in terms}
        # What the catalogue itself calls a thing is never aside.
        senses = {key: own.get(key, found) if found == (ASIDE,) else found for key, found in lexicon.senses.items()}
        self._by_sound: dict[str, tuple[str, ...]] = own | senses
        self._by_bones: dict[str, set[str]] = defaultdict(set)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for key, senses in self._by_sound.items():
            # A mended spelling should lead to what is on offer, never away from it.
            if UNSERVED.issuperset(senses):
                continue
            self._by_bones[bones(key)].update(senses)
            self._by_length[len(key)].append(key)

    def understand(self, words: list[str]) -> list[Meaning]:
        """Read a query's words, leaving out those that say nothing and numbers nobody knows."""
        words = [part for word in words for part in self._part(word)][:MAX_WORDS]
        sounds = [sound(word) for word in words]
        keys = [bones(heard) for heard in sounds]
        meanings: dict[tuple[tuple[str, float], ...] | str, Meaning] = {}
        at = 0
        while at < len(words):
            run = self._lexicon.run_at(keys, at) or self._lexicon.away_run_at(sounds, at)
            length = run[0] if run else 1
            if run or not self._lexicon.is_silent(words[at]):
                typed = " ".join(words[at : at + length])
                meaning = Meaning(typed, ((run[1], 1.0),)) if run else self._read(typed)
                # Saying a thing twice does not make it weigh twice.
                meanings.setdefault(meaning.senses or typed, meaning)
            at += length
        return [meaning for meaning in meanings.values() if meaning.senses or not meaning.typed.isdigit()]

    def is_telling(self, words: list[str]) -> bool:
        """Whether any word could say what is wanted; single letters and short numbers say nothing alone."""
        return any(_could_tell(word) and not self._lexicon.is_silent(word) for word in words)

    def is_away(self, words: list[str]) -> bool:
        """Whether the words ask for something of another state."""
        return self._lexicon.is_away(words)

    def names_a_topic(self, meanings: list[Meaning]) -> bool:
        """Whether a query says of what it speaks; two things that may happen to anything also tell it."""
        said = [{sense for sense, _ in meaning.senses} - UNSERVED for meaning in meanings if _could_tell(meaning.typed)]
        known = [senses for senses in said if senses]
        return len(known) > 1 or any(not senses <= self._lexicon.modifiers for senses in known)

    def _knows(self, word: str) -> bool:
        return not self._by_sound.keys().isdisjoint((sound(word), sound(singular(word)))) or self._lexicon.is_silent(word)

    def _part(self, word: str) -> list[str]:
        """Part two words that were written as one (`rationcard`), where both halves are known."""
        if len(word) >= LONG_WORD and not self._knows(word) and bones(sound(word)) not in self._by_bones:
            # From the longest first half down: a long word often begins with a short one.
            for at in range(len(word) - MIN_HALF, MIN_HALF - 1, -1):
                if self._knows(word[:at]) and self._knows(word[at:]):
                    return [word[:at], word[at:]]
        return [word]

    def _read(self, word: str) -> Meaning:
        key, base = sound(word), sound(stem(word))
        # A key that was held down is no word, though folding doubles would make one of it.
        if len(word) > 1 and len(set(word)) == 1:
            return Meaning(word, ())
        known = self._by_sound.get(key) or self._by_sound.get(base) or self._by_sound.get(sound(singular(word)))
        if known:
            return Meaning(word, tuple((sense, 1.0) for sense in known))
        if word.isdigit():
            return Meaning(word, ())
        for skeleton in (bones(key), bones(sound(singular(word)))):
            if len(skeleton) >= MIN_BONES and skeleton in self._by_bones:
                senses = tuple((sense, SAME_BONES) for sense in sorted(self._by_bones[skeleton]))
                return Meaning(word, senses, 1.0 if len(skeleton) > MIN_BONES else UNSURE)
        return self._guess(word, key)

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
            # In a short word another first letter makes another word.
            if len(key) > SHORT_WORD or found[0] == key[0]
        ]


def _could_tell(word: str) -> bool:
    return len(word) >= (TELLING_DIGITS if word.isdigit() else 2)


def _certainty(key: str, found: list[str]) -> float:
    """Long words and swapped letters are surely slips; in a short word one other letter makes another word."""
    if len(key) >= LONG_WORD or any(sorted(key) == sorted(other) for other in found):
        return SURE
    return UNSURE if len(key) > SHORT_WORD else DOUBTFUL

"""Signed notes are those of C2SP: what others sign opens here, what is changed does not."""

import pytest

from msewa.crypto.notes import NoteError, Signer, open_note, sign_note, verifier_key

# The example of Go's own implementation (golang.org/x/mod/sumdb/note).
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
OURS = Signer("example.org/ledger", bytes(range(32)))


def test_a_note_signed_elsewhere_opens() -> None:
    assert open_note(NOTE, keys=[KEY]) == TEXT


def test_what_is_signed_opens_under_its_own_key_alone() -> None:
    note = sign_note("example.org/ledger\n1\nroot\n", signer=OURS)

    assert open_note(note, keys=[KEY, verifier_key(OURS)]) == "example.org/ledger\n1\nroot\n"
    with pytest.raises(NoteError):
        open_note(note, keys=[KEY])


def test_a_second_signature_below_it_does_no_harm() -> None:
    assert open_note(f"{NOTE}— somebody.else AAAAAAAA\n", keys=[KEY]) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("answer", "Answer"),
        NOTE.replace("x08go", "x08gp"),
        NOTE.replace("— PeterNeumann", "— Somebody"),
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("nAM=", "nAM"),
        TEXT,
        "",
    ],
)
def test_what_was_changed_on_its_way_does_not_open(note: str) -> None:
    with pytest.raises(NoteError):
        open_note(note, keys=[KEY])


@pytest.mark.parametrize("key", ["", "PeterNeumann", KEY.replace("c74f", "c74e"), KEY[:-4], KEY.replace("AR", "BR")])
def test_a_key_that_is_not_whole_is_refused(key: str) -> None:
    with pytest.raises(NoteError):
        open_note(NOTE, keys=[key])

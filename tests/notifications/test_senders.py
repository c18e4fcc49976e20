"""One list of whom nothing is sent to, and every sender asks it: whoever hands a message over is known here by name (P64)."""

import ast
from collections.abc import Collection, Iterator
from datetime import datetime

import pytest

from msewa.extensions import db, writing
from msewa.notifications.operations import send
from msewa.notifications.queries import list_messages
from msewa.notifications.rules import CHANNELS, EVERYTHING, registry
from msewa.notifications.suppressing import Reason, suppress
from tests.installation import ROOT
from tests.notifications.conftest import RecordingCourier, work
from tests.people import Somebody

PIPES = {"msewa.notifications.operations": {"send", "write"}, "msewa.notifications.promotion": {"promote"}}
# A new sender is a decision. Each goes through `write`, which asks the list, and the worker asks it again at the door.
SENDERS = {
    "accounts/operations/codes.py": {"send"},
    "accounts/operations/telling.py": {"send"},
    "applications/operations/following.py": {"send"},
    "consents/announcing.py": {"promote"},
    "notifications/promotion.py": {"write"},
}
# What goes to an account that rests: its end, whatever is done with its keys, and a breach.
WHILE_RESTING = {
    "account_rest_ending",
    "breach_notice",
    "notice_new_device",
    "notice_half_sign_in",
    "notice_password",
    "notice_factor",
    "notice_passkey_added",
    "notice_passkey_removed",
    "notice_recovery_codes",
    "notice_code_used",
    "notice_mobile",
    "notice_email",
}
# The steps below the pipes: who makes a message, hands one to a courier, or writes a mail to the wire.
ONLY = {
    "Message": {"notifications/operations.py"},
    "Letter": {"notifications/operations.py"},
    "SmtpCourier": {"parts.py"},
    "HttpSmsCourier": {"parts.py"},
    "mail": {"notifications/gateway.py"},
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "msewa").rglob("*.py")):
        yield path.relative_to(ROOT / "msewa").as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def pipes_named_in(tree: ast.Module) -> set[str]:
    """Return the pipes that a module takes hold of: by their own names, or through a module that it imports whole."""
    nodes = list(ast.walk(tree))
    attributes = {(ast.unparse(node.value), node.attr) for node in nodes if isinstance(node, ast.Attribute)}
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names} & PIPES.get(node.module or "", set())
        if isinstance(node, ast.ImportFrom | ast.Import):
            within = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                called = alias.asname or alias.name
                found |= {pipe for pipe in PIPES.get(within + alias.name, set()) if (called, pipe) in attributes}
    return found


def called_in(tree: ast.Module) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {func.id if isinstance(func, ast.Name) else func.attr for func in calls if isinstance(func, ast.Name | ast.Attribute)}


@pytest.mark.promise("P64")
def test_every_sender_is_known() -> None:
    assert {place: pipes for place, tree in trees() if (pipes := pipes_named_in(tree))} == SENDERS


@pytest.mark.promise("P64")
@pytest.mark.parametrize("name", ONLY)
def test_nobody_goes_past_the_pipes(name: str) -> None:
    assert {place for place, tree in trees() if name in called_in(tree)} == ONLY[name]


@pytest.mark.promise("P64")
@pytest.mark.parametrize(
    "text",
    [
        "from msewa.notifications.operations import send as post",
        "from msewa.notifications import operations as post\npost.send()",
        "import msewa.notifications.operations as post\npost.send()",
        "import msewa.notifications.operations\nmsewa.notifications.operations.send()",
    ],
)
def test_a_pipe_taken_by_another_name_is_seen(text: str) -> None:
    assert pipes_named_in(ast.parse(text)) == {"send"}


def send_all(person: Somebody, *, now: datetime) -> int:
    """Send every message of the service over each of its channels; return how many."""
    wanted = [(template, channel) for template in registry().templates.values() for channel in template.channels]
    wanted = [(template, channel) for template, channel in wanted if not template.is_promotional]
    for template, channel in wanted:
        to = person.mobile if channel == "sms" else "harjinder@example.org"
        values = {one.name: one.longest for one in template.variables}
        send(template.name, to=to, channel=channel, language="pa", values=values, now=now, account_id=person.id)
    return len(wanted)


@pytest.mark.promise("P64")
@pytest.mark.parametrize("is_before", [True, False], ids=["before it is written", "while it waits"])
@pytest.mark.parametrize(("reason", "but"), [("revoked_number", []), ("opted_out", []), ("resting", WHILE_RESTING)])
def test_nothing_at_all_goes_to_whom_nothing_is_sent_to(
    harjinder: Somebody, courier: RecordingCourier, is_before: bool, reason: Reason, but: Collection[str]
) -> None:
    """But that an account which rests is about to end, that its keys were used or its data broken into, written while it rests."""
    now = harjinder.app.extensions["clock"].now()

    def stop() -> None:
        for channel in CHANNELS:
            suppress(harjinder.id, channel=channel, topic=EVERYTHING, reason=reason, now=now)

    with harjinder.app.app_context(), writing():
        if is_before:
            stop()
        written = send_all(harjinder, now=now)
        if not is_before:
            stop()
        db.session.commit()
    work(harjinder.app)

    with harjinder.app.app_context():
        states = [row.state for row in list_messages(harjinder.id)]
    went = [letter.template for letter in courier.letters]
    assert set(went) == set(but if is_before else [])
    assert states.count("dropped") == written - len(went)

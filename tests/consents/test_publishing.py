"""Publishing: whole, in three languages, after the last version, and never over what was published."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from flask import Flask

from msewa.consents.publishing import NotPublishableError, publish_policy, publish_purposes
from msewa.consents.purposes import get_purpose, shown
from msewa.consents.texts import SHIPPED, get_policy, list_versions
from tests.installation import Installation

pytestmark = pytest.mark.parametrize("backend", ["sqlite"])
DAY = date(2027, 3, 1)
POLICY = yaml.safe_load((SHIPPED / "policy-1.0.yaml").read_text(encoding="utf-8"))
WORDS = {"en": "a", "pa": "ੳ", "hi": "अ"}


@pytest.fixture
def desk(app: Flask, installation: Installation) -> Iterator[Path]:
    with app.app_context():
        yield installation.folder / "published"
    shutil.rmtree(installation.folder / "published", ignore_errors=True)


def policy(**changes: object) -> str:
    return yaml.safe_dump(POLICY | {"version": "2.0", "effective_on": DAY, "changes": [WORDS]} | changes, allow_unicode=True)


def purpose(**changes: object) -> str:
    rows = yaml.safe_load((SHIPPED / "purposes.yaml").read_text(encoding="utf-8"))
    row = next(row for row in rows if row["id"] == "promo.own")
    return yaml.safe_dump([row | {"version": 2, "effective_on": DAY} | changes], allow_unicode=True)


@pytest.mark.promise("P10")
def test_a_published_policy_stands_beside_the_old_one(desk: Path) -> None:
    before = get_policy("1.0", "pa").sha256

    assert publish_policy(policy(), today=DAY) == "2.0"

    assert list_versions("policy") == ("1.0", "2.0")
    assert get_policy("2.0", "pa").changes == ("ੳ",)
    assert get_policy("1.0", "pa").sha256 == before
    assert [path.name for path in desk.iterdir()] == ["policy-2.0.yaml"]


@pytest.mark.promise("P10")
def test_what_was_published_is_never_replaced(desk: Path) -> None:
    publish_policy(policy(), today=DAY)
    seal = get_policy("2.0", "en").sha256

    with pytest.raises(NotPublishableError):
        publish_policy(policy(changes=[{**WORDS, "en": "other"}]), today=DAY)

    assert get_policy("2.0", "en").sha256 == seal


@pytest.mark.promise("P10")
@pytest.mark.parametrize(
    "draft",
    [
        "",
        "[]",
        "{",
        "!!python/object/apply:os.system [ls]",
        policy(version="1.0"),
        policy(version="0.9"),
        policy(version="two"),
        policy(version="2.0/../x"),
        policy(effective_on=date(2027, 2, 28)),
        policy(effective_on="soon"),
        policy(changes=[{"en": "only English"}]),
        policy(changes=[{**WORDS, "hi": " "}]),
        policy(sections=[{"id": "x", "title": {"en": "x", "pa": "x"}, "blocks": []}]),
        policy(sections=[{"id": "x"}]),
        policy(name="registration"),
        policy(more=1),
    ],
    ids=range(16),
)
def test_a_policy_that_is_not_whole_is_refused(desk: Path, draft: str) -> None:
    with pytest.raises(NotPublishableError):
        publish_policy(draft, today=DAY)

    assert not desk.exists()


@pytest.mark.promise("P44")
def test_a_raised_purpose_holds_from_its_day_on_with_its_old_words_kept(app: Flask, desk: Path) -> None:
    old = shown(get_purpose("promo.own"), "hi").sha256
    publish_policy(policy(), today=DAY)

    publish_purposes(purpose(why=WORDS), today=DAY)

    assert get_purpose("promo.own").version == 1
    app.extensions["clock"].move(datetime(2027, 3, 1, 8, tzinfo=UTC))
    assert get_purpose("promo.own").version == 2
    assert shown(get_purpose("promo.own", version=1), "hi").sha256 == old
    assert shown(get_purpose("promo.own"), "hi").sha256 != old


@pytest.mark.promise("P44")
@pytest.mark.promise("P34")
@pytest.mark.parametrize(
    "draft",
    [
        "[]",
        "{}",
        "[1]",
        purpose(version=1),
        purpose(version=3),
        purpose(reader=""),
        purpose(why={"en": "only English"}),
        purpose(ground="any other purpose"),
        purpose(effective_on=date(2027, 2, 28)),
        purpose(id="promo.other", version=1),
        purpose(more=1),
    ],
    ids=range(11),
)
def test_a_purpose_that_is_not_whole_is_refused(desk: Path, draft: str) -> None:
    publish_policy(policy(), today=DAY)

    with pytest.raises(NotPublishableError):
        publish_purposes(draft, today=DAY)

    assert [path.name for path in desk.iterdir()] == ["policy-2.0.yaml"]


@pytest.mark.promise("P44")
@pytest.mark.promise("P10")
def test_no_purpose_goes_live_before_its_policy(desk: Path) -> None:
    with pytest.raises(NotPublishableError):
        publish_purposes(purpose(why=WORDS), today=DAY)

    publish_policy(policy(), today=DAY)
    publish_purposes(purpose(why=WORDS), today=DAY)

"""flask self-check: what only others can give is told to whoever runs the system, and the promise page keeps out of it (P77)."""

from dataclasses import replace

import pytest
from flask import Flask

from msewa.delivery.models import ProviderKey
from msewa.notifications.rules import Registry, registry
from msewa.promises.checks import outside
from tests.closure.ceremony import in_production
from tests.people import somebody
from tests.promises.faults import LONG_AGO, write
from tests.strict_client import StrictClient

pytestmark = [pytest.mark.promise("P77"), pytest.mark.usefixtures("prepared")]


def registered() -> Registry:
    """The register of messages as it is once the operators gave every id."""
    known = registry()
    templates = {name: replace(one, dlt=dict.fromkeys(one.dlt, "1107")) for name, one in known.templates.items()}
    return replace(known, headers=dict.fromkeys(known.headers, "MSEWAP"), templates=templates)


def office(provider_id: str) -> ProviderKey:
    facts = {"kid": "k", "public_jwk": {}, "endpoint": "https://office.example.org/in", "agreement": "1", "accepted_at": LONG_AGO}
    return ProviderKey(provider_id=provider_id, active=True, **facts)


def test_sms_that_operators_drop_are_found_in_production_alone(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = check()
    with in_production(app):
        unregistered = check()["sms-ids"]
        monkeypatch.setattr(outside, "registry", registered)
        known = check()

    assert "sms-ids" not in demo.keys() | known.keys()
    assert [fault.endswith("ids are null in dlt.yaml, and operators drop an SMS without its ids.") for fault in unregistered] == [True]


def test_a_single_text_without_its_id_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    known = registered()
    code = replace(known.templates["code_register"], dlt={"en": "1107", "hi": "1107"})
    monkeypatch.setattr(outside, "registry", lambda: replace(known, templates={**known.templates, "code_register": code}))
    with in_production(app):
        [fault] = check()["sms-ids"]

    assert fault.startswith("1 of ")


def test_production_without_any_office_is_found(app: Flask, check, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_production(app):
        with monkeypatch.context() as bare:  # other tests leave their offices
            bare.setattr(outside, "list_reachable", frozenset)
            none = check()["offices"]
        write(app, office("nowhere"))
        try:
            one = check()
        finally:
            write(app, statement=ProviderKey.__table__.delete().where(ProviderKey.provider_id == "nowhere"))

    assert none == ("No office is registered, so nobody can apply for anything: flask --app app providers register.",)
    assert "offices" not in one


def test_production_without_anybody_who_answers_complaints_is_found(app: Flask, check) -> None:
    with in_production(app):
        none = check()["dpo"]
        somebody(app, role="dpo")
        one = check()

    assert none == ("Nobody has the role dpo, so no complaint is answered: flask --app app accounts appoint dpo.",)
    assert "dpo" not in one


def test_what_others_have_not_given_yet_is_no_broken_promise(app: Flask, check, client: StrictClient) -> None:
    check()
    well = client.page("/promises").words("last-check")
    with in_production(app):
        faults = check()
        failing = [one for one in faults if one not in ("sms-ids", "offices", "dpo")]

    told = client.page("/promises").words("last-check")
    assert "fault" not in well
    assert faults.keys() > set(failing)
    assert f"{len(failing)} check" in told

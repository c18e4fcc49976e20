"""Real couriers against servers on this machine."""

import base64
import email
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from msewa.config import Settings, SettingsError
from msewa.egress import EgressError
from msewa.notifications.gateway import CourierByChannel, HttpSmsCourier, Letter, NotTakenError, RefusedError, SmtpCourier
from tests.listeners import SmtpsListener, TlsListener

LETTER = Letter(
    id="a" * 32,
    channel="sms",
    to="+916280014799",
    template="code_register",
    language="pa",
    text="ਕੋਡ 482913",
    codes={"otp": "482913"},
    links=(),
    at=datetime(2026, 10, 2, tzinfo=UTC),
)
MAIL = Letter(
    id="b" * 32,
    channel="email",
    to="harjinder@example.org",
    template="application_sent",
    language="pa",
    text="ਤੁਹਾਡੀ ਅਰਜ਼ੀ\n\nਭੇਜੀ ਗਈ ਹੈ।",
    codes={},
    links=(),
    at=datetime(2026, 10, 2, tzinfo=UTC),
)


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsListener]:
    with TlsListener(tmp_path) as listener:
        monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
        yield listener


@pytest.fixture
def mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpsListener]:
    with SmtpsListener(tmp_path) as listener:
        monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
        yield listener


def test_an_sms_goes_out_over_tls_with_its_id_and_the_installations_credentials(gateway: TlsListener) -> None:
    HttpSmsCourier(gateway.address.replace("https://", "https://us%40er:pass@")).send(LETTER)
    ((headers, body),) = gateway.received

    assert json.loads(body) == {"id": "a" * 32, "to": LETTER.to, "text": LETTER.text, "header": None, "template_id": None}
    assert headers["Idempotency-Key"] == "a" * 32
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"us@er:pass").decode()


@pytest.mark.parametrize("status", [422, 400, 302, 401, 503])
def test_what_the_gateway_says_decides_whether_to_try_again(gateway: TlsListener, status: int) -> None:
    gateway.status = status

    with pytest.raises(RefusedError if status in (400, 422) else NotTakenError) as caught:
        HttpSmsCourier(gateway.address).send(LETTER)

    assert getattr(caught.value, "reason", status) == status


@pytest.mark.parametrize("url", ["http://localhost:9/", "ftp://localhost/", ""])
def test_an_sms_never_goes_out_in_the_clear(url: str) -> None:
    with pytest.raises(EgressError, match="NotEncrypted"):
        HttpSmsCourier(url).send(LETTER)


def test_a_mail_goes_out_over_tls_with_its_first_line_as_subject(mail_server: SmtpsListener) -> None:
    SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(MAIL)
    message = email.message_from_bytes(mail_server.received[0], policy=email.policy.default)

    assert (message["To"], message["From"]) == (MAIL.to, "help@msewa.example.org")
    assert message["Subject"] == "ਤੁਹਾਡੀ ਅਰਜ਼ੀ"
    assert message["Message-ID"] == f"<{'b' * 32}@msewa.example.org>"
    assert message.get_content().strip() == "ਭੇਜੀ ਗਈ ਹੈ।"


def test_no_mail_goes_to_an_address_that_decodes_into_others(mail_server: SmtpsListener) -> None:
    coded = replace(MAIL, to="=?utf-8?q?secretary=40punjab.example=2c_x?=@example.in")

    with pytest.raises(RefusedError):
        SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(coded)

    assert mail_server.received == []


@pytest.mark.parametrize(
    ("said", "error"), [("550 5.1.1 nobody", RefusedError), ("450 4.2.1 full", EgressError), ("554 5.7.1 no rights", EgressError)]
)
def test_a_mail_is_given_up_only_where_its_address_is_none(mail_server: SmtpsListener, said: str, error: type[Exception]) -> None:
    mail_server.to_recipients = said.encode()

    with pytest.raises(error):
        SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(MAIL)

    assert mail_server.received == []


def test_a_mail_to_an_address_that_the_server_can_not_write_is_given_up(mail_server: SmtpsListener) -> None:
    with pytest.raises(RefusedError):
        SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(replace(MAIL, to="ü@example.org"))


def test_what_a_mail_server_said_against_a_mail_is_told_by_its_number_and_names_nobody(mail_server: SmtpsListener) -> None:
    mail_server.greeting = f"450 not now, {MAIL.to}".encode()

    with pytest.raises(EgressError) as caught:
        SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(MAIL)

    assert str(caught.value) == "SMTPConnectError 450"


def test_a_mail_server_nobody_vouches_for_gets_nothing(mail_server: SmtpsListener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(EgressError):
        SmtpCourier(mail_server.address, sender="help@msewa.example.org").send(MAIL)

    assert mail_server.received == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("MSEWA_SMS_URL", "http://sms.example.org/"), ("MSEWA_SMTP_URL", "http://mail.example.org"), ("MSEWA_CONTACT", "the office")],
)
def test_production_does_not_start_with_a_courier_it_could_not_trust(name: str, value: str) -> None:
    good = {
        "MSEWA_MODE": "production",
        "MSEWA_PUBLIC_URL": "https://msewa.example.org",
        "MSEWA_SMS_URL": "https://sms.example.org/",
        "MSEWA_SMTP_URL": "smtps://mail.example.org",
        "MSEWA_CONTACT": "help@msewa.example.org",
        "MSEWA_RETENTION_YEARS": "3",
        "MSEWA_RETENTION_LATEST_YEARS": "4",
        "MSEWA_RETENTION_BASIS": "a made-up law",
    }
    Settings.from_environ(good)

    with pytest.raises(SettingsError, match=name):
        Settings.from_environ(good | {name: value})


def test_each_message_goes_over_its_own_channel(gateway: TlsListener) -> None:
    couriers = CourierByChannel(sms=HttpSmsCourier(gateway.address), email=SmtpCourier("smtps://localhost:9", sender="a@example.org"))

    couriers.send(LETTER)
    with pytest.raises(EgressError):
        couriers.send(MAIL)

    assert len(gateway.received) == 1


def test_a_letter_never_prints_what_it_says() -> None:
    printed = repr(LETTER)

    assert "482913" not in printed
    assert LETTER.to not in printed

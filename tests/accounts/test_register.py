"""Opening an account."""

from tests.accounts.walking import register, is_signed_in


def test_registering_walks_through_every_step_and_lands_on_the_page_she_wanted(app, client, post):
    _, codes, location = register(client, app, post, start="/register?next=/services/birth-certificate")

    assert location == "/services/birth-certificate"
    assert len(codes) == 10
    assert is_signed_in(client)

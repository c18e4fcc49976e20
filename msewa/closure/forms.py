"""What is asked of somebody who leaves, and of somebody who checks a receipt."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from msewa.accounts.forms import ProofForm
from msewa.applications.references import read_reference
from msewa.closure.rules import Wish
from msewa.web.choices import choices, one_of, some_of
from msewa.web.forms import Form, ascii_digits, clean_text

_: Callable[[str], Any] = lazy_gettext


PROOF = {"password", "code", "passkey"}
_WISHES = [(Wish.WITHDRAW, _("Take them back")), (Wish.FINISH, _("Let the offices finish them"))]


class DeleteForm(ProofForm):
    """What becomes of applications that an office has, where there are any; and proof that it is she, where the last is old."""

    open = one_of(
        _("Your open applications"),
        _WISHES,
        otherwise=_("Choose what shall happen to your open applications."),
    )

    finish = some_of(_("The offices finish these, the others are taken back:"), otherwise=_("Tick applications of this list."))

    def __init__(self, *, unfinished: Sequence[tuple[str, str]], is_fresh: bool, **data: Any) -> None:
        """Ask about `unfinished` applications, each by its reference and what it is called."""
        super().__init__(**data)
        self.finish.choices = choices(unfinished)
        if len(unfinished) > 1:
            self.open.choices = choices([*_WISHES, (Wish.SOME, _("Some of them: I tick them below"))])
        else:
            del self.finish  # what becomes of one is said once
        if not unfinished:
            del self.open
        if is_fresh:
            del self.password, self.code, self.passkey

    def __iter__(self) -> Iterator[Field]:
        """Give the questions in the order of the page: the proof, which every such form begins with, is asked last."""
        return iter(sorted(super().__iter__(), key=lambda one: one.short_name in PROOF))

    @property
    def wish(self) -> Wish:
        """What she chose; without open applications there is nothing to choose."""
        return Wish(self.open.data) if "open" in self else Wish.WITHDRAW

    @property
    def going_on(self) -> set[str]:
        """The stored references of those that she named to be finished."""
        return {read_reference(shown) or "" for shown in self.finish.data or ()} if "finish" in self else set()

    def validate_finish(self, field: Field) -> None:
        """Have some named where she said that it is some."""
        if self.open.data == Wish.SOME and not field.data:
            raise ValidationError(_("Tick those that the offices shall finish, or choose to take all of them back."))


class EndingForm(Form):
    """The code that proves whose link it is."""

    code = StringField(
        _("Code from your app"), filters=[clean_text, ascii_digits], validators=[InputRequired(_("Write the code of your app."))]
    )


class ReceiptForm(Form):
    """A deletion receipt, as it was downloaded."""

    receipt = TextAreaField(_("Paste the receipt here"), validators=[InputRequired(_("Paste the text of the receipt."))])

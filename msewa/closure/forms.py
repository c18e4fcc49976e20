"""What is asked of somebody who leaves, and of somebody who checks a receipt."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from msewa.accounts.forms import ProofForm
from msewa.closure.rules import Wish
from msewa.web.choices import one_of
from msewa.web.forms import Form, ascii_digits, clean_text

_: Callable[[str], Any] = lazy_gettext


class DeleteForm(ProofForm):
    """What becomes of applications that an office has, where there are any; and proof that it is she, where the last is old."""

    open = one_of(
        _("Your open applications"),
        [(Wish.WITHDRAW, _("Take them back")), (Wish.FINISH, _("Let the offices finish them"))],
        otherwise=_("Choose what shall happen to your open applications."),
    )

    def __init__(self, *, has_open: bool, is_fresh: bool, **data: Any) -> None:
        super().__init__(**data)
        if not has_open:
            del self.open
        if is_fresh:
            del self.password, self.code, self.passkey

    @property
    def wish(self) -> Wish:
        """What she chose; without open applications there is nothing to choose."""
        return Wish(self.open.data) if "open" in self else Wish.WITHDRAW


class EndingForm(Form):
    """The code that proves whose link it is."""

    code = StringField(
        _("Code from your app"), filters=[clean_text, ascii_digits], validators=[InputRequired(_("Write the code of your app."))]
    )


class ReceiptForm(Form):
    """A deletion receipt, as it was downloaded."""

    receipt = TextAreaField(_("Paste the receipt here"), validators=[InputRequired(_("Paste the text of the receipt."))])

"""What a person reads when a paper can't be taken: what is wrong, then how to put it right."""

from flask_babel import lazy_gettext as _

from msewa.uploads.rules import UploadError

WORDS = {
    "empty": _("This file is empty. Choose it again, or take a new photo."),
    "too_large": _("This file is %(size)s MB; up to %(limit)s MB works. Take a smaller photo, or scan it again in grey."),
    "wrong_kind": _("A PDF, a JPEG or a PNG works here. Take a photo of the paper, or save it as a PDF."),
    "extension_mismatch": _("The name of this file does not match what is in it. Open it, save it again as a PDF or JPEG, and add that."),
    "damaged": _("This file does not open. Scan the paper or take the photo again, and add the new file."),
    "encrypted_pdf": _("This PDF opens only with a password. Print it to a new PDF without one, and add that."),
    "active_content": _("This PDF holds a form, a program or another file. Print it to a plain PDF, and add that."),
    "too_many_pages": _("This PDF has %(count)s pages; up to %(limit)s work. Keep the pages that are asked for."),
    "too_many_pixels": _("This picture is too big to open; up to %(limit)s megapixels work. Take a smaller one."),
    "took_too_long": _("This file took too long to open. Try once more, or add a plain scan or photo of the paper."),
    "too_many_files": _("Up to %(limit)s papers fit on one application. Take one away to add another."),
    "not_clean": _("This file could harm a computer, so it was not taken. Add a new scan or photo of the paper."),
    "not_checked": _("This file could not be checked just now. Try again in a few minutes."),
}


def explain(refusal: UploadError) -> str:
    """The words for a refusal in the reader's language, with its numbers; needs a request or a forced locale."""
    return str(WORDS[refusal.code]) % {name: f"{number:g}" for name, number in refusal.numbers.items()}

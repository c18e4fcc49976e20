"""Where an application's sealed parts belong: none opens at another table, group, row or application."""

from msewa.crypto.envelope import Place


def of_page(application_id: str, *, step: int) -> Place:
    """Return the place of one page of the form."""
    return Place(table="application_page", group="answers", row=step, subject=application_id)


def of_unsaved(application_id: str, *, step: int) -> Place:
    """Return the place of what was typed on a step and not saved."""
    return Place(table="application_unsaved", group="answers", row=step, subject=application_id)


def of_paper(application_id: str, *, paper_id: str, group: str) -> Place:
    """Return the place of a paper's `meta` or `content`."""
    return Place(table="application_paper", group=group, row=paper_id, subject=application_id)


def of_review(application_id: str, *, digest: str) -> Place:
    """Return the place of what a review showed."""
    return Place(table="application_review", group="lines", row=digest, subject=application_id)

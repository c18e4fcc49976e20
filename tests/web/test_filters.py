"""How things read on a page."""

from msewa.web.filters import in_groups


def test_a_seal_is_read_in_lines_of_four_groups() -> None:
    """Two people compare it by voice: four letters at a time, four times a line."""
    lines = in_groups("0123456789abcdef" * 4)

    assert lines == ["0123 4567 89AB CDEF"] * 4

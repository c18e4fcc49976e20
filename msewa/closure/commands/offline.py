"""flask vault new-month and open, flask security new-key: for a machine without network, database and key ring."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TextIO

import click
from flask import Flask

from msewa.closure.opening import open_months
from msewa.closure.rules import ClosureError, month_of
from msewa.config import Settings, SettingsError
from msewa.crypto.custody import CUSTODIANS, NEEDED, CustodyError, new_month

OFFLINE = frozenset({("vault", "new-month"), ("vault", "open"), ("security", "new-key")})
HELP = frozenset({("vault", "--help"), ("security", "--help")})
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# On the command line itself these would stay in the shell's history, and whoever works on the machine could read them meanwhile.
WORDS = click.File(encoding="utf-8-sig")
SHARE = "A file with the words of a custodian's paper, never the words themselves; once for each custodian."
MATCH = (
    "A file (-: what is typed, ended with Ctrl-D) with what the instrument names, whole: a mobile number, an e-mail address, a full name, "
    "the number of an application or complaint."
)
EXPECT = "How many bundles the instrument names at most; where more match, nothing is opened."
A_FOLDER = click.Path(file_okay=False, path_type=Path)


def is_offline(arguments: list[str], environ: Mapping[str, str]) -> bool:
    """Whether a command line asks for one of these, or for help on a machine that has no key ring."""
    pairs = set(pairwise(arguments))
    asks_for_help = not pairs.isdisjoint(HELP) and not _key_ring(environ).exists()
    return asks_for_help or not pairs.isdisjoint(OFFLINE)


def _key_ring(environ: Mapping[str, str]) -> Path:
    return Settings(mode="production", data=Path(environ.get("MSEWA_DATA", "instance"))).key_ring_path


def offline_app(environ: Mapping[str, str]) -> Flask:
    """Return what the offline commands run in: it has no settings, opens nothing and writes only where it is told.

    Raises SettingsError on the machine that serves: a private half must never be on it (P54).
    """
    if environ.get("MSEWA_MODE") == "production" and _key_ring(environ).exists():
        raise SettingsError(["This machine serves mSewa (it has the key ring). Do this on one without network, database and key ring."])
    app = Flask("msewa", static_folder=None)
    vault = click.Group("vault", help="Make a month's key, and open bundles under a legal instrument.", commands=[new, opening])
    app.cli.add_command(vault)
    app.cli.add_command(click.Group("security", help="Make the key of a month's sealed addresses.", commands=[new_key]))
    return app


@click.command("new-month")
@click.option("--month", help="Such as 2026-12; left out: the present month.")
@click.option("--custodians", default=CUSTODIANS, show_default=True, help="How many take a share away.")
@click.option("--threshold", default=NEEDED, show_default=True, help="How many of them open together; at least two.")
@click.option("--out", "target", required=True, type=A_FOLDER, help="Where the public half and the shares are written.")
def new(month: str | None, custodians: int, threshold: int, target: Path) -> None:
    """Make a month's key pair, split its private half between custodians, and forget it."""
    _make(month, of="vault", target=target, custodians=custodians, threshold=threshold)


@click.command("new-key")
@click.option("--month", help="Such as 2026-12; left out: the present month.")
@click.option("--to", "target", required=True, type=A_FOLDER, help="Where the public half and the shares are written.")
def new_key(month: str | None, target: Path) -> None:
    """Make a month's key pair for sealed addresses, split its private half between custodians, and forget it."""
    _make(month, of="security", target=target, custodians=CUSTODIANS, threshold=NEEDED)


def _make(month: str | None, *, of: str, target: Path, custodians: int, threshold: int) -> None:
    month = month or month_of(datetime.now(UTC))
    try:
        paths = new_month(target, month, name=f"{of}-{month}", target=target, custodians=custodians, needed=threshold)
    except CustodyError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{target / f'{month}.pub'}: the public half; bring it to the server's {of} folder.")
    for number, path in enumerate(paths, 1):
        click.echo(f"{path}: share {number} of {custodians}, any {threshold} open; print it for one custodian, then erase the file.")


@click.command("open")
@click.argument("exports", nargs=-1, required=True, type=A_FILE)
@click.option("--share", "shares", multiple=True, required=True, type=A_FILE, help=SHARE)
@click.option("--instrument", required=True, help="The number of the legal instrument that asks for it.")
@click.option("--match", "named", required=True, type=WORDS, help=MATCH)
@click.option("--expect", type=click.IntRange(min=1), default=1, show_default=True, help=EXPECT)
@click.option("--out", "target", required=True, type=A_FOLDER, help="Where what was found is written, and the count for the public log.")
def opening(exports: tuple[Path, ...], shares: tuple[Path, ...], instrument: str, named: TextIO, expect: int, target: Path) -> None:
    """Try the bundles of the months named in EXPORTS, and write those that match. The count goes to `flask vault record-opening`."""
    words = [path.read_text(encoding="ascii", errors="replace") for path in shares]
    moment = datetime.now(UTC)
    try:
        match = named.read()
        counted, damaged = open_months(exports, shares=words, instrument=instrument, match=match, expect=expect, out=target, now=moment)
    except ClosureError as error:
        raise click.ClickException(str(error)) from None
    except UnicodeDecodeError:
        raise click.ClickException("What the instrument names can't be read: write it in UTF-8.") from None
    except OSError as error:
        raise click.ClickException(f"{error.filename} can't be written: {error.strerror}.") from None
    for bundle_id in damaged:
        click.echo(f"{bundle_id} does not open: it was changed, or a piece is missing.", err=True)
    click.echo(f"{counted.opened} of {counted.tried} bundles match; bring {target / 'opening.json'} to flask vault record-opening.")
    if damaged:
        raise click.ClickException(f"{len(damaged)} bundles are damaged.")

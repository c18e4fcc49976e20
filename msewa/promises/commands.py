"""flask self-check, what can be checked on a living system; flask prove-unlinkable, that visits lead to nobody."""

import click
from flask import Blueprint, current_app
from flask_babel import force_locale

from msewa.extensions import db, writing
from msewa.promises import checking
from msewa.promises.unlinkable.planting import FAULTS
from msewa.promises.unlinkable.proving import NotEmptyError, prove
from msewa.promises.unlinkable.walking import WalkError
from msewa.web.clock import now

bp = Blueprint("self-check", __name__, cli_group=None)


@bp.cli.command("self-check")
def self_check() -> None:
    """Check keys, locks, ledger, seals and settings of this running system; exit with 1 and a line for each fault."""
    moment = now()
    results = checking.look(now=moment)
    with writing():
        checking.keep(results, now=moment)
        db.session.commit()
    # A terminal has no request to take a language from, and the checks' sentences wait for one.
    with force_locale("en_IN"):
        for check, faults in results:
            click.echo(f"{'fault' if faults else 'well '}  {check.id:<16} {' '.join(check.clauses):<12} {check.sentence}")
            for fault in faults:
                click.echo(f"       {fault}")
    failing = [check.id for check, faults in results if faults]
    if failing:
        raise click.ClickException(f"{len(failing)} of {len(results)} checks found a fault: {', '.join(failing)}")
    click.echo(f"All {len(results)} checks are well.")


@bp.cli.command("prove-unlinkable")
@click.option("--database", "database_url", help="An empty PostgreSQL database to prove it on; left out: an embedded one.")
@click.option("--plant", type=click.Choice(sorted(FAULTS)), help="Break the promise on purpose: the proof must then fail.")
def prove_unlinkable(database_url: str | None, plant: str | None) -> None:
    """Drive two people through a scratch installation, dump everything, and exit with 1 where a visit leads to one of them (P14)."""
    try:
        proof = prove(current_app.extensions["install"], database_url=database_url, plant=plant)
    except NotEmptyError:
        raise click.ClickException("The database for the proof must be empty: it is filled with made-up people.") from None
    except WalkError as error:
        raise click.ClickException(f"Nothing is proved: {error}") from None
    click.echo(proof.done)
    for fault in proof.faults:
        click.echo(f"fault  {fault}")
    if proof.faults:
        raise click.ClickException(f"{len(proof.faults)} ways lead from a visit to a person.")
    click.echo("No visit leads to a person.")

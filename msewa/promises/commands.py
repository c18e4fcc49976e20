"""flask self-check: what can be checked on a living system."""

import click
from flask import Blueprint
from flask_babel import force_locale

from msewa.promises import checking
from msewa.web.clock import now

bp = Blueprint("self-check", __name__, cli_group=None)


@bp.cli.command("self-check")
def self_check() -> None:
    """Check keys, locks, ledger, seals and settings of this running system; exit with 1 and a line for each fault."""
    results = checking.run(now=now())
    with force_locale("en_IN"):
        for check, faults in results:
            click.echo(f"{'fault' if faults else 'well '}  {check.id:<16} {' '.join(check.clauses):<12} {check.sentence}")
            for fault in faults:
                click.echo(f"       {fault}")
    failing = [check.id for check, faults in results if faults]
    if failing:
        raise click.ClickException(f"{len(failing)} of {len(results)} checks found a fault: {', '.join(failing)}")
    click.echo(f"All {len(results)} checks are well.")

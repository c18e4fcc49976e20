"""Which features there are, and what each hangs into the application."""

from types import ModuleType

from flask import Flask

from msewa import start
from msewa.accounts import commands as accounts_commands
from msewa.accounts import looking, presence, same_cookies, standing
from msewa.accounts import queries as accounts_queries
from msewa.accounts import routes as accounts_routes
from msewa.accounts import work as accounts_work
from msewa.accounts.access_holding import HOLDING as ACCESS
from msewa.accounts.holding import ACTIVITY
from msewa.accounts.holding import HOLDING as ACCOUNT
from msewa.applications import routes as applications_routes
from msewa.applications.holding import HOLDING as APPLICATIONS
from msewa.applications.operations import following, holding_back, sending
from msewa.catalogue import commands as catalogue_commands
from msewa.catalogue import routes as catalogue_routes
from msewa.catalogue.queries import is_loaded
from msewa.closure import work as closure_work
from msewa.config import Settings
from msewa.consents import announcing, changes, stopping
from msewa.consents import commands as consents_commands
from msewa.consents import operations as consents
from msewa.consents import routes as consents_routes
from msewa.consents.holding import HOLDING as CHOICES
from msewa.consents.purposes import read_by
from msewa.consents.texts import get_registration_notice
from msewa.delivery import commands as delivery_commands
from msewa.delivery import operations as delivery
from msewa.delivery import queries as delivery_queries
from msewa.delivery.gateway import HttpDepartments
from msewa.dpo import routes as dpo_routes
from msewa.dpo import work as dpo_work
from msewa.dpo.holding import HOLDING as LAW
from msewa.dpo.operations import disclosing
from msewa.figures import operations as figures
from msewa.figures import queries as figures_queries
from msewa.figures import routes as figures_routes
from msewa.grievances import operations as grievances
from msewa.grievances import routes as grievances_routes
from msewa.grievances.holding import HOLDING as GRIEVANCES
from msewa.holdings import hold
from msewa.ledger import checkpointing
from msewa.ledger import commands as ledger_commands
from msewa.ledger import routes as ledger_routes
from msewa.notifications import failing
from msewa.notifications import operations as notifications
from msewa.notifications import routes as notifications_routes
from msewa.notifications.gateway import CourierByChannel, HttpSmsCourier, SmtpCourier
from msewa.notifications.holding import HOLDING as MESSAGES
from msewa.outbox import commands as outbox_commands
from msewa.outbox import daily, untaken, worker
from msewa.privacy import digesting
from msewa.privacy import routes as privacy_routes
from msewa.privacy import work as privacy_work
from msewa.privacy.holding import HOLDING as PRIVACY
from msewa.privacy.naming import name_act
from msewa.profile import routes as profile_routes
from msewa.profile.holding import HOLDING as PROFILE
from msewa.promises import checking
from msewa.promises import commands as promises_commands
from msewa.promises import routes as promises_routes
from msewa.sandbox import commands as sandbox_commands
from msewa.sandbox import routes as sandbox_routes
from msewa.sandbox.gateway import SandboxCourier, SandboxDepartments
from msewa.tracker import commands as tracker_commands
from msewa.tracker import queries as tracker_queries
from msewa.tracker import routes as tracker_routes
from msewa.tracker.holding import HOLDING as TRACKER
from msewa.upkeep import commands as upkeep_commands
from msewa.visits import commands as visits_commands
from msewa.visits import recording, security
from msewa.visits import routes as visits_routes
from msewa.web import routes as web_routes
from msewa.web.clock import now

BLUEPRINTS = (
    web_routes.bp,
    visits_routes.bp,
    visits_commands.bp,
    figures_routes.bp,
    outbox_commands.bp,
    ledger_routes.bp,
    ledger_commands.bp,
    tracker_routes.bp,
    tracker_commands.bp,
    start.bp,
    catalogue_routes.bp,
    catalogue_commands.bp,
    delivery_commands.bp,
    accounts_routes.bp,
    accounts_commands.bp,
    profile_routes.bp,
    consents_routes.bp,
    consents_commands.bp,
    notifications_routes.bp,
    applications_routes.bp,
    grievances_routes.bp,
    privacy_routes.bp,
    dpo_routes.bp,
    upkeep_commands.bp,
    promises_routes.bp,
    promises_commands.bp,
)
# Parents first: erasing goes backwards.
HOLDINGS = (ACCOUNT, ACCESS, TRACKER, ACTIVITY, PROFILE, CHOICES, MESSAGES, APPLICATIONS, GRIEVANCES, PRIVACY, LAW)

# Which code acts under which purposes. What stands nowhere here can't be published, and so nobody is asked for it (P34).
READERS: tuple[tuple[ModuleType, tuple[str, ...]], ...] = (
    (accounts_queries, ("account",)),
    (sending, ("service",)),
    (security, ("security",)),
    (announcing, announcing.READS),
    (digesting, (digesting.PURPOSE,)),
    (figures_queries, (figures_queries.PURPOSE,)),
    (disclosing, ("disclosure",)),
    (tracker_queries, (tracker_queries.PURPOSE,)),
)


def register(app: Flask, *, settings: Settings) -> None:
    """Register every feature's routes, commands and outbox handlers; the sandbox only in demo mode."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for part in (checking, presence, same_cookies, standing, looking, accounts_work, privacy_work, dpo_work, announcing, stopping, changes):
        part.init_app(app)
    recording.init_app(app, settings=settings)
    daily.every_day(app, figures.TOPIC, figures.release_due)
    daily.every_day(app, holding_back.TOPIC, holding_back.let_go_old)
    app.extensions["readiness"] |= {
        "catalogue": is_loaded,
        "work": lambda: untaken.is_all_taken(now=now()),
        "messages": lambda: failing.is_all_going_out(now=now()),
    }
    app.extensions["reachable"] = delivery_queries.list_reachable
    app.extensions["registration_notice"] = get_registration_notice
    app.extensions["name_act"] = name_act
    for reader, purpose_ids in READERS:
        read_by(app, reader.__name__, *purpose_ids)
    for holding in HOLDINGS:
        hold(app, holding)
    closure_work.init_app(app)
    _meet_outside(app, settings=settings)
    if settings.is_demo:
        app.register_blueprint(sandbox_routes.bp)
        app.register_blueprint(sandbox_commands.bp)
    start.say_why(app)


def _meet_outside(app: Flask, *, settings: Settings) -> None:
    """Choose who carries messages and packages: real couriers, or in demo mode pretend ones; each is looked up when it is needed."""
    if settings.is_demo:
        clock = app.extensions["clock"]
        app.extensions["courier"] = SandboxCourier()
        app.extensions["departments"] = SandboxDepartments(real=HttpDepartments(allow_loopback=True), clock=clock.now)
    else:
        email = SmtpCourier(settings.smtp_url, sender=settings.contact)
        app.extensions["courier"] = CourierByChannel(sms=HttpSmsCourier(settings.sms_url), email=email)
        app.extensions["departments"] = HttpDepartments()
    worker.handle(app, notifications.TOPIC, notifications.sending(lambda: app.extensions["courier"]))
    worker.handle(app, consents.EXPIRE, consents.expire_due)
    worker.handle(app, delivery.TOPIC, delivery.sending(lambda: app.extensions["departments"]))
    worker.handle(app, delivery.DELIVERED_TOPIC, following.note_received)
    worker.handle(app, grievances.DUE, grievances.say_overdue)
    worker.each_minute(app, checkpointing.sign_what_is_new)

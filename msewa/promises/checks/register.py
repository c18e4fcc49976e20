"""Every check, in the order of its telling."""

from flask_babel import lazy_gettext

from msewa.promises.checks import columns, keys, lawful, outside, records, sending, setup, vaulting
from msewa.promises.checks.rules import Check

_ = lazy_gettext
CHECKS = (
    Check("key-ring", ("P25", "P72"), _("Every key is there, and nobody else can read it."), keys.find_ring_faults),
    Check("data-keys", ("P50", "P72"), _("The keys of accounts and applications that were tried open."), keys.find_unopenable_keys),
    Check("database-file", ("P72",), _("Where the database is a file of ours, it is locked."), columns.find_open_file),
    Check(
        "closed-columns",
        ("P50", "P72"),
        _("Wherever something of a person lies, the rows that were looked at are locked."),
        columns.find_open_columns,
    ),
    Check("ledger", ("P69",), _("Nothing in the ledger's newest lines was changed."), records.find_bent_rows),
    Check("visits", ("P14", "P19", "P43"), _("Every count of visits is about many."), records.find_small_counts),
    Check("vault-key", ("P52", "P55"), _("Anybody could leave at this moment."), vaulting.find_missing_vault_key),
    Check("vault-end", ("P57",), _("Nothing sealed is kept beyond its last day."), vaulting.find_overdue_months),
    Check(
        "sealed", ("P54", "P56"), _("Nothing here could open what is sealed, or this is a demonstration."), vaulting.find_ways_to_the_sealed
    ),
    Check("news", ("P38", "P63", "P64"), _("No news waits for anybody who has not asked for it."), sending.find_unwanted_news),
    Check("codes", ("P75",), _("No flood of codes went to strangers."), sending.find_flooded_hours),
    Check("daily-work", ("P57", "P77"), _("What must be done every day is done."), sending.find_idle_days),
    Check("grounds", ("P26", "P28"), _("Nothing was sent without an application."), sending.find_baseless),
    Check("demands", ("P30", "P45", "P46"), _("What a law took was agreed to by two people."), lawful.find_unapproved),
    Check("hidden", ("P30", "P49"), _("Nobody is kept from seeing what a law took longer than allowed."), lawful.find_hidden),
    Check("breaches", ("P77",), _("Nobody waits for word of a breach."), lawful.find_untold_breaches),
    Check("addresses", ("P74",), _("Every office is reached by a safe address."), sending.find_unsafe_endpoints),
    Check("forgotten-work", ("P77",), _("No work lies forgotten."), sending.find_forgotten_work),
    Check("settings", ("P25", "P73"), _("The settings are safe, or this is a demonstration."), setup.find_unsafe_settings),
    Check("policy", ("P1", "P10"), _("The policy that pages name is published and in force."), setup.find_policy_faults),
    Check("words", ("P10", "P44"), _("The words that people were shown are still the published ones."), setup.find_changed_words),
    Check("purposes", ("P34",), _("Every purpose that people are asked about is used by something."), setup.find_unread_purposes),
    Check("deletion", ("P53",), _("A deletion reaches everything that is held of a person."), setup.find_unerased_tables),
    Check("sms-ids", (), _("The operators know our SMS, or this is a demonstration."), outside.find_unregistered_sms),
    Check("offices", (), _("At least one office can receive, or this is a demonstration."), outside.find_no_office),
    Check("dpo", (), _("Somebody answers complaints, or this is a demonstration."), outside.find_no_dpo),
    Check("work", (), _("What is due is done."), sending.find_untaken_work),
    Check("messages", (), _("SMS and mails go out."), sending.find_failing_channels),
)

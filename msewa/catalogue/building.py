"""Building a service's definition from the facts on record, the question bank and what was written by hand."""

from typing import Any

from msewa.catalogue.sources import Sources

Record = dict[str, Any]


def build_definitions(sources: Sources) -> dict[str, Record]:
    """Return every service's definition as plain JSON-able data, by id, without version and digest."""
    bank = {row["id"]: row for row in sources["fields"]["fields"]}
    papers = {row["id"]: row for row in sources["documents"]["documents"]}
    by_hand = {row["id"]: row for row in sources["handwritten"]["services"]}
    optional = _optional_pairs(sources["fields"])
    never_required = set(sources["fields"]["optional_everywhere"])
    borrowed = _borrowed(sources["default_steps"], by_hand=by_hand)
    built: dict[str, Record] = {}
    for facts in sources["services"]["services"]:
        written = by_hand.get(facts["id"]) or borrowed.get(facts["id"], {})
        groups = sources["default_steps"]["complaint_steps" if facts["kind"] == "complaint" else "steps"]
        needs = [
            _field_need(bank[key], facts=facts, written=written, required=key not in never_required and (key, facts["id"]) not in optional)
            for key in facts["fields_needed"]
        ]
        built[facts["id"]] = {
            **_facts(facts),
            "for_whom": written.get("for_whom"),
            "est_minutes": written.get("est_minutes"),
            "fields": needs,
            "papers": [_paper_need(papers[key], facts=facts, written=written) for key in facts.get("documents", [])],
            "steps": written.get("steps") or _default_steps(facts["fields_needed"], groups=groups),
        }
    return built


def _optional_pairs(fields: Record) -> set[tuple[str, str]]:
    return {(row["field"], service) for row in fields.get("optional_in", []) for service in row["services"]}


def _borrowed(default_steps: Record, *, by_hand: dict[str, Record]) -> dict[str, Record]:
    # Only what says whom a question is about: another service's reasons and papers are not this one's.
    shared = ("steps", "labels", "hints", "options", "subjects")
    taken = {row["from"]: {key: value for key, value in by_hand[row["from"]].items() if key in shared} for row in default_steps["borrow"]}
    return {service: taken[row["from"]] for row in default_steps["borrow"] for service in row["services"]}


def _facts(facts: Record) -> Record:
    is_complaint = facts["kind"] == "complaint"
    return {
        "id": facts["id"],
        "kind": facts["kind"],
        "provider": facts["provider"],
        "category": facts["category"],
        "name": facts["name"],
        "summary": facts["summary"],
        "note": facts.get("note"),
        "fee_paise": _paise(facts.get("fee")),
        "facilitation_paise": _paise(facts.get("facilitation_charge")),
        "days": facts.get("stipulated_days"),
        "day_unit": facts.get("day_unit") or ("calendar" if is_complaint else "working"),
        "officer": facts.get("designated_officer"),
        "officer_basis": facts.get("officer_basis"),
        "channels": facts["channel"],
        "audience": facts["audience"],
        "keywords": facts["keywords"],
        "source": facts["source"],
        "verified": facts["verified"],
        # Left out where there is none: a definition that did not change keeps its seal and version.
        **({"other_limit": facts["other_limit"]} if "other_limit" in facts else {}),
    }


def _paise(rupees: int | None) -> int | None:
    return None if rupees is None else rupees * 100


def _field_need(field: Record, *, facts: Record, written: Record, required: bool) -> Record:
    key = field["id"]
    return {
        "key": key,
        "required": required,
        "label": written.get("labels", {}).get(key, field["label"]),
        "purpose": written.get("purposes", {}).get(key, field["purpose"]),
        "hint": written.get("hints", {}).get(key),
        "options": written.get("options", {}).get(key),
        "recipient": facts["provider"],
        "retention_days": None,  # no provider has published one
        # What is kept for one application alone stands in no profile, so none can fill it in.
        "of_applicant": field.get("profile_section") is not None and written.get("subjects", {}).get(key) != "other",
    }


def _paper_need(paper: Record, *, facts: Record, written: Record) -> Record:
    made_by_us = paper.get("made_by_us", False)
    return {
        "key": paper["id"],
        # What is made here out of her answers is nothing that she could bring.
        "required": not made_by_us and paper["id"] not in written.get("optional_documents", ()),
        "name": paper["name"],
        "purpose": written.get("document_purposes", {}).get(paper["id"], paper["purpose"]),
        "recipient": facts["provider"],
        "retention_days": None,
        "accepts": paper.get("accepts"),
        "made_by_us": made_by_us,
    }


def _default_steps(keys: list[str], *, groups: list[Record]) -> list[Record]:
    steps = [{"title": group["title"], "fields": [key for key in group["fields"] if key in keys]} for group in groups]
    return [step for step in steps if step["fields"]]

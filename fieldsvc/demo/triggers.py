"""What happens by itself in the demo company."""

from datetime import datetime

from sqlalchemy.orm import Session

from fieldsvc.core.audit import SYSTEM
from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.domain.triggers import save
from fieldsvc.domain.triggers.save import NewTrigger


def add(session: Session, company: Company, *, now: datetime) -> None:
    """Add the triggers; those that are on begin with what happens from now on."""
    for about in read.settings("triggers.toml")["triggers"]:
        new = NewTrigger(
            name=about["name"],
            event=about.get("event", ""),
            relative_to=about.get("relative_to", ""),
            offset_minutes=about.get("offset_minutes", 0),
            activity_type_id=_activity_type_id(company, about.get("activity_type")),
            conditions=about.get("conditions", {}),
            repeats=about["repeats"],
            action=about["action"],
            parameters=_parameters(company, about["parameters"]),
        )
        trigger = save.add(session, company.unit, new, actor=SYSTEM, now=now)
        if about["is_on"]:
            save.switch(session, company.unit, trigger.id, is_on=True, actor=SYSTEM, now=now)


def _parameters(company: Company, given: dict[str, object]) -> dict[str, object]:
    reference = given.get("activity_type")
    return {**given, "activity_type_id": _activity_type_id(company, str(reference))} if reference else given


def _activity_type_id(company: Company, reference: str | None) -> int | None:
    return company.activity_types[reference].id if reference else None

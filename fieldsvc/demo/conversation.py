"""What the client to try and the office wrote to each other about his coming visit, and a quote that waits for him."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor
from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.demo.work import Written
from fieldsvc.domain.interventions import documents, messages
from fieldsvc.domain.interventions.documents import NewDocument


def add(session: Session, company: Company, written: Iterable[Written], *, now: datetime) -> None:
    """Add the conversation in the hours before now, with the services that would have done it then."""
    about = read.settings("conversation.toml")
    coming = next(one.intervention for one in written if one.booking.is_told and one.intervention.status == "scheduled")
    contact = coming.contact
    assert contact is not None, "the client to try has a contact"
    client = Actor("contact", contact.id, contact.name)
    office = Actor("staff", company.dispatcher.id, company.dispatcher.name)
    for line in about["lines"]:
        at = max(coming.created_at, now - timedelta(hours=line["hours_ago"]))
        if line["by"] == "client":
            messages.write_as_client(session, company.unit, coming, line["text"], actor=client, now=at)
        else:
            messages.write_as_staff(session, company.unit, coming, line["text"], actor=office, now=at)
    quote = about["quote"]
    new = NewDocument(title=quote["title"], amount_cents=quote["amount_cents"])
    documents.add(session, company.unit, coming, new, actor=office, now=now - timedelta(hours=quote["hours_ago"]))

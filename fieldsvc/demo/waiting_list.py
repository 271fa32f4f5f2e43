"""Who waits for a time that is freed."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from fieldsvc.demo import read
from fieldsvc.demo.company import Company
from fieldsvc.demo.story import Story
from fieldsvc.domain.booking import drafts, waiting
from fieldsvc.domain.booking.waiting_wishes import Wishes


def add(session: Session, company: Company, story: Story, chance: Random, *, now: datetime) -> None:
    """Put a few clients on the list, each with the days and times of day that suit him."""
    asked_for = read.settings("story.toml")["waiting_list"]
    addresses = [one for one in story.addresses if one.contact.email]
    for number, (wish, address) in enumerate(zip(asked_for, chance.sample(addresses, len(asked_for)), strict=True)):
        at = now - timedelta(hours=5 * (number + 1))
        activity_type = company.activity_types[wish["activity_type"]]
        draft = drafts.start(session, address.contact, activity_type.id, now=at)
        drafts.choose_site(session, address.contact, draft.id, address.site.id, now=at)
        draft.answers, draft.is_answered = wish["answers"], True
        wishes = Wishes(tuple(wish["weekdays"]), tuple(wish["parts"]))
        waiting.join(session, company.unit, address.contact, draft.id, wishes, "email", now=at)

"""Two people of one client at once: together they get no more than the client may have."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsvc.core.db import sessions
from fieldsvc.core.errors import NotAllowed
from fieldsvc.domain.booking import actions, confirm, drafts, holds
from fieldsvc.domain.booking.ask import Wish, ask
from fieldsvc.domain.booking.models import BookingDraft
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Contact, Site
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import NOON

A_MOMENT = 1.0
Act = Callable[[Session, Contact], object]


def asks(session: Session, person: Contact) -> object:
    unit = session.get_one(BusinessUnit, person.unit_id)
    action = actions.require_offer(session, unit, person, "ask", now=NOON)
    return ask(session, unit, person, action, Wish(person.client.sites[0].id), now=NOON)


def books(session: Session, person: Contact) -> object:
    """Confirm the time that is kept for him."""
    unit = session.get_one(BusinessUnit, person.unit_id)
    draft = session.scalars(select(BookingDraft).where(BookingDraft.contact_id == person.id)).one()
    return confirm.confirm(session, unit, person, draft.id, now=NOON)


def hold(session: Session, unit: BusinessUnit, person: Contact, work: ActivityType, site: Site) -> None:
    """Keep the first time for somebody; the work is so long that a technician of his own comes to each."""
    draft = drafts.start(session, person, work.id, now=NOON)
    drafts.choose_site(session, person, draft.id, site.id, now=NOON)
    first = min(holds.slots_for(session, unit, draft, now=NOON).slots, key=lambda slot: slot.begins_at)
    holds.hold(session, unit, person, draft, first.window, now=NOON)


@pytest.mark.parametrize("act", [asks, books])
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_who_act_at_once_get_what_one_may_have(engine: Engine, act: Act) -> None:
    factory = sessions(engine)
    with factory.begin() as session:
        unit = make.unit(session)
        for _number in range(2):
            make.technician(session, unit)
        work = make.activity_type(session, unit, minutes=240)
        work.actions[0].most_times = 1
        make.portal_action(session, work, "ask", is_for_unit=True, most_times=1)
        site = make.site(session, make.client(session, unit))
        people = [make.contact(session, site.client) for _number in range(2)]
        for person in people:
            hold(session, unit, person, work, site)
        [first, second] = [person.id for person in people]

    def later() -> None:
        with factory.begin() as session:
            act(session, session.get_one(Contact, second))

    with ThreadPoolExecutor(1) as pool:
        with factory.begin() as session:
            act(session, session.get_one(Contact, first))
            acting = pool.submit(later)
            wait([acting], timeout=A_MOMENT)  # it goes on when this transaction has ended
        with pytest.raises(NotAllowed, match="as often as is possible"):
            acting.result()

"""Secret links to a visit."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import tokens
from fieldsvc.domain.interventions import visit_links
from fieldsvc.domain.interventions.models import Intervention, VisitLink
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def visit_with_link(session: Session) -> tuple[Intervention, VisitLink, str]:
    """A visit tomorrow from 10 to 12, and a link to it."""
    unit = make.unit(session)
    visit = make.scheduled(session, unit, make.technician(session, unit), at(TOMORROW, "10:00"))
    assert visit.contact is not None
    token = visit_links.make(session, visit, visit.contact, now=NOON)
    link = visit_links.of_token(session, token)
    assert link is not None
    return visit, link, token


def test_a_link_is_kept_as_a_hash_and_leads_to_one_visit_of_one_contact(session: Session) -> None:
    visit, link, token = visit_with_link(session)
    assert (link.intervention, link.contact) == (visit, visit.contact)
    assert (link.token_hash, token in str(link.__dict__)) == (tokens.digest(token), False)
    assert visit_links.of_token(session, token + "x") is None


def test_a_link_ends_a_day_after_the_window(session: Session) -> None:
    visit, link, _token = visit_with_link(session)
    assert visit.window_ends_at is not None
    end = visit.window_ends_at + DAY
    assert visit_links.is_running(link, now=end - timedelta(seconds=1))
    assert not visit_links.is_running(link, now=end)


def test_a_visit_that_moves_takes_its_links_along(session: Session) -> None:
    visit, link, _token = visit_with_link(session)
    assert visit.window_ends_at is not None
    late = visit.window_ends_at + 3 * DAY
    assert not visit_links.is_running(link, now=late)
    visit.window_ends_at += 7 * DAY
    assert visit_links.is_running(link, now=late)


def test_the_staff_end_all_links_of_a_visit_at_once(session: Session) -> None:
    visit, link, _token = visit_with_link(session)
    _other_visit, other, _other_token = visit_with_link(session)
    assert [one.id for one in visit_links.running_of(session, visit, now=NOON)] == [link.id]
    visit_links.revoke_all(session, visit, actor=DISPATCHER, now=NOON)
    assert visit_links.running_of(session, visit, now=NOON) == []
    assert (visit_links.is_running(link, now=NOON), visit_links.is_running(other, now=NOON)) == (False, True)


def test_a_link_of_somebody_who_left_leads_nowhere(session: Session) -> None:
    _visit, link, _token = visit_with_link(session)
    link.contact.is_active = False
    assert not visit_links.is_running(link, now=NOON)
    link.contact.is_active, link.contact.client.is_active = True, False
    assert not visit_links.is_running(link, now=NOON)


def test_a_link_opens_a_session_once(session: Session) -> None:
    _visit, link, _token = visit_with_link(session)
    tries = [visit_links.use_to_sign_in(session, link, now=NOON + number * HOUR) for number in range(3)]
    assert tries == [True, False, False]
    assert session.scalar(select(VisitLink.signed_in_at).where(VisitLink.id == link.id)) == NOON

"""Whatever an administrator writes: what the simulator shows is on the client's page, and what it hides is refused."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from fieldsvc.core import clock
from fieldsvc.domain.booking.simulator import simulate
from fieldsvc.domain.catalogue.models import PortalAction
from fieldsvc.domain.clients.models import Contact
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.units.models import BusinessUnit
from tests.conftest import NewDatabase
from tests.domain.catalogue.test_conditions import leaves, trees
from tests.web.world import Web, opened

# Where each kind leads to from the page of a visit; it is sent to the same address.
PAGES = {"confirm": "confirm", "reschedule": "reschedule", "cancel": "cancel", "message": "message", "file": "files"}
# Every state of a visit that a client can find; what is on the way has a page of its own.
STATUSES = ["requested", "unscheduled", "scheduled", "dispatched", "travelling", "in_progress", "completed"]
EXAMPLES = 30
NEVER = {"condition": "status_is", "statuses": ["cancelled"]}
# A visit in three days, with which everything can be done once no condition says no.
IN_THREE_DAYS: dict[str, Any] = {
    "limits": [None] * len(PAGES),
    "status": "scheduled",
    "hours": 72,
    "times_moved": 0,
    "is_confirmed": False,
}


@pytest.fixture(scope="module")
def world(new_database: NewDatabase) -> Iterator[tuple[Web, FlaskClient, Counter[tuple[str, bool]]]]:
    """One company for every example, Ana's browser in it, and what the examples have seen."""
    seen: Counter[tuple[str, bool]] = Counter()
    with new_database() as url, opened(url) as web:
        yield web, web.browser("ana"), seen
    assert set(seen) == {(kind, is_shown) for kind in PAGES for is_shown in (True, False)}, seen


def shown(web: Web) -> dict[str, bool]:
    """What the simulator says of Ana's visit now."""
    with web.factory() as session:
        ana = session.get_one(Contact, web.people["ana"].id)
        visit = session.get_one(Intervention, web.belongings["ana"].intervention)
        unit = session.get_one(BusinessUnit, ana.unit_id)
        found = simulate(session, unit, ana, visit, now=clock.now())
        return {one.row.kind: one.is_shown for one in found.of_intervention if one.row.kind in PAGES}


def arrange(web: Web, conditions: list[Any], limits: list[int | None], **values: Any) -> None:
    """Put conditions on the actions and the visit into a state."""
    number = web.belongings["ana"].intervention
    with web.factory.begin() as session:
        visit = session.get_one(Intervention, number)
        session.execute(sa.update(Visit).where(Visit.intervention_id == number).values(is_occupying=True))
        for name, value in values.items():
            setattr(visit, name, value)
        rows = session.scalars(sa.select(PortalAction).where(PortalAction.activity_type_id == visit.activity_type_id))
        by_kind = {row.kind: row for row in rows if row.kind in PAGES}
        for kind, tree, most in zip(PAGES, conditions, limits, strict=True):
            by_kind[kind].conditions, by_kind[kind].most_times = tree, most


@settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking asks for pages
@given(
    conditions=st.lists(st.just({}) | trees(leaves(), smallest=1), min_size=5, max_size=5),
    limits=st.lists(st.sampled_from([None, None, 1, 2]), min_size=5, max_size=5),
    status=st.sampled_from(STATUSES),
    hours=st.integers(-30, 80),
    times_moved=st.integers(0, 3),
    is_confirmed=st.booleans(),
)
@example(conditions=[{}] * len(PAGES), **IN_THREE_DAYS)  # every kind is shown,
@example(conditions=[NEVER] * len(PAGES), **IN_THREE_DAYS)  # and every kind is hidden, whatever chance brings
def test_the_simulator_the_page_and_what_is_sent_never_disagree(
    world: tuple[Web, FlaskClient, Counter[tuple[str, bool]]],
    conditions: list[Any],
    limits: list[int | None],
    status: str,
    hours: int,
    times_moved: int,
    is_confirmed: bool,
) -> None:
    web, ana, seen = world
    now = clock.now()
    opens = now + timedelta(hours=hours, minutes=30)
    has_time = status not in {"requested", "unscheduled"}
    state = {
        "status": status,
        "window_begins_at": opens if has_time else None,
        "window_ends_at": opens + timedelta(hours=2) if has_time else None,
        "confirmed_at": now if is_confirmed else None,
        "times_moved": times_moved,
    }
    address = f"/portal/alfa/visits/{web.belongings['ana'].intervention}"
    for kind in PAGES:
        arrange(web, conditions, limits, **state)  # what the one before did is undone
        says = shown(web)
        page = ana.get(address).text
        answer = ana.post(f"{address}/{PAGES[kind]}", data=_sent(kind))
        if answer.status_code == 303:
            arrange(web, conditions, limits, **state)
        assume(kind in {"message", "file"} or shown(web) == says)  # the hour may have struck in between
        assert (f'{address}/{PAGES[kind]}"' in page) is says[kind], kind
        assert (answer.status_code == 303) is says[kind], (kind, answer.status_code)
        seen[kind, says[kind]] += 1


def _sent(kind: str) -> dict[str, Any]:
    sent: dict[str, dict[str, Any]] = {
        "cancel": {"reason": "Another day"},
        "message": {"text": "Hello"},
        "file": {"file": (BytesIO(b"A note"), "note.txt")},
    }
    return sent.get(kind, {})

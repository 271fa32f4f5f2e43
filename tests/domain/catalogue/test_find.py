"""Activity types belong to one unit, in the order the administrator gave."""

import pytest
from sqlalchemy.orm import Session

from fieldsvc.core.errors import NotFound
from fieldsvc.domain.catalogue import find
from tests import make


def test_what_is_in_use_comes_in_the_order_given(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    second = make.activity_type(session, unit, position=2)
    first = make.activity_type(session, unit, position=1)
    hidden = make.activity_type(session, unit, is_on_portal=False)
    make.activity_type(session, unit, is_archived=True)
    make.activity_type(session, other)
    assert find.in_use(session, unit.id) == [hidden, first, second]


def test_what_is_another_units_does_not_exist(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    mine, theirs = make.activity_type(session, unit), make.activity_type(session, other)
    assert find.by_id(session, unit.id, mine.id) is find.by_reference(session, unit.id, mine.reference) is mine
    with pytest.raises(NotFound):
        find.by_id(session, unit.id, theirs.id)
    with pytest.raises(NotFound):
        find.by_reference(session, unit.id, theirs.reference)

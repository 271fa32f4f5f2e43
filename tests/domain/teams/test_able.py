"""How many technicians can do a kind of work."""

from sqlalchemy.orm import Session

from fieldsvc.domain.teams.able import able
from tests import make


def test_each_skill_is_counted_alone_and_all_of_them_together(session: Session) -> None:
    unit, other = make.unit(session), make.unit(session)
    gas, heat = make.skill(session, unit, "gas"), make.skill(session, unit, "heat")
    make.technician(session, unit, skills={gas: 3, heat: 1})
    make.technician(session, unit, skills={gas: 2})
    make.technician(session, unit, skills={heat: 5})
    make.technician(session, unit, skills={gas: 5, heat: 5}, is_active=False)
    make.technician(session, other)
    found = able(session, unit.id, {gas.id: 2, heat.id: 1})
    assert (found.everybody, found.by_skill, found.together) == (3, {gas.id: 2, heat.id: 2}, 1)
    assert able(session, unit.id, {gas.id: 4}).together == 0
    assert able(session, unit.id, {}).together == 3


def test_the_weekday_with_the_fewest_is_named_when_some_are_missing(session: Session) -> None:
    unit = make.unit(session)
    make.technician(session, unit, weekdays=(0, 1, 2))
    make.technician(session, unit, weekdays=(1, 2))
    found = able(session, unit.id, {})
    assert (found.scarce_weekday, found.on_scarce_weekday) == (0, 1)
    make.technician(session, unit, weekdays=(0,))
    session.expire_all()
    everyday = make.unit(session)
    make.technician(session, everyday)
    assert able(session, everyday.id, {}).scarce_weekday is None

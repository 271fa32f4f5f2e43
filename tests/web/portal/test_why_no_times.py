"""Why a day has no time is said from the calendars that were read for the times."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core import clock
from fieldsvc.domain.teams.models import Absence, Technician
from tests.web.portal.test_booking import begin
from tests.web.portal.test_visit_page import queries_of


def test_to_say_why_days_have_no_time_reads_nothing_again(app: Flask, marta: FlaskClient, rows: Session) -> None:
    begins_at = clock.now() + timedelta(days=3)
    for technician in rows.scalars(select(Technician)):
        rows.add(Absence(technician_id=technician.id, begins_at=begins_at, ends_at=begins_at + timedelta(days=2)))
    rows.commit()
    page = f"{begin(marta, rows)}/when"
    assert 'id="days-without"' in marta.get(f"{page}?why=1", buffered=True).text
    assert queries_of(app, marta, f"{page}?why=1") <= queries_of(app, marta, page)

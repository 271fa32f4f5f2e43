from urllib.parse import parse_qs, urlsplit

from sqlalchemy.orm import Session

from fieldsvc.web.portal.calendar_links import calendar_links
from tests import make


def test_each_calendar_gets_the_promised_window_in_utc(session: Session) -> None:
    unit = make.unit(session, name="Casa & Quente")
    visit = make.scheduled(session, unit, make.technician(session, unit), make.at(make.TOMORROW, "10:00"))
    google, outlook = (parse_qs(urlsplit(link.address).query) for link in calendar_links(unit, visit))
    assert google["dates"] == ["20261124T100000Z/20261124T120000Z"]
    assert google["text"][0].endswith("Casa & Quente")
    assert outlook["startdt"] == ["2026-11-24T10:00:00+00:00"]
    assert outlook["enddt"] == ["2026-11-24T12:00:00+00:00"]

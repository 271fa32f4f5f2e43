"""What people are told: in which words, by which way, whether at all, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.core.jobs import Job
from fieldsvc.domain.clients import opting_out
from fieldsvc.domain.interventions import code_values, notices
from fieldsvc.domain.interventions.models import Intervention, VisitLink
from fieldsvc.domain.notify import texts
from fieldsvc.domain.notify.kinds import KINDS
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.notify.texts import Texts
from fieldsvc.domain.units import settings
from fieldsvc.domain.units.models import BusinessUnit
from tests import make
from tests.make import DISPATCHER, NOON, TOMORROW, at

NIGHT = NOON.replace(hour=22)
MORNING = at(TOMORROW, "8:00")


@dataclass(frozen=True)
class Told:
    """A visit of Ana, who has an e-mail and a phone."""

    session: Session
    unit: BusinessUnit
    visit: Intervention

    def send(self, kind: str = "visit_reminder", now: datetime = NOON, **values: Any) -> OutboxMessage:
        return notices.send(self.session, self.unit, self.visit, kind, now=now, **values)

    def ana(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.visit.contact, name, value)
        self.session.flush()

    def own(self, kind: str, **parts: str) -> None:
        words = Texts(**parts)
        version = texts.version_of(texts.own(self.session, self.unit, KINDS[kind], "en"))
        texts.change(self.session, self.unit, KINDS[kind], "en", words, version=version, actor=DISPATCHER, now=NOON)

    def jobs(self) -> list[Job]:
        return list(self.session.scalars(select(Job).where(Job.kind == "deliver_message").order_by(Job.id)))


@pytest.fixture
def told(session: Session) -> Told:
    unit = make.unit(session, name="Alfa", phone="+351222000111", email="office@alfa.example")
    client = make.client(session, unit, name="Silva Lda")
    make.contact(session, client, name="Ana", email="ana@example.com", phone="+351912345678")
    form = make.form(session, unit, [{"code": "brand", "kind": "short_text", "label": {"en": "Brand?"}}])
    kind = make.activity_type(session, unit, title={"en": "Boiler service"}, intake_form_id=form.id)
    visit = make.scheduled(
        session,
        unit,
        make.technician(session, unit, name="Rui"),
        at(TOMORROW, "10:00"),
        activity_type=kind,
        site=make.site(session, client, address="Street 1"),
        form_version_id=form.published.id if form.published else None,
        answers={"brand": "<b>{unit.name}</b>"},
        notes="Ring twice",
    )
    return Told(session, unit, visit)


# --- Words --------------------------------------------------------------------------------------------


def test_a_booking_is_confirmed_with_everything_one_wants_to_know(told: Told) -> None:
    notices.booked(told.session, told.unit, told.visit, now=NOON)
    message = told.session.scalars(select(OutboxMessage)).one()
    assert message.subject == "Your visit is booked: Tuesday 24 November"
    for words in (
        "Hello Ana,",
        "Boiler service",
        "Tuesday 24 November, 10:00–12:00 (Lisbon)",
        "Street 1",
        "Rui arrives",
    ):
        assert words in message.text
    assert message.attachments[0][0] == "visit.ics"
    assert (message.about_kind, message.about_id) == ("intervention", told.visit.id)


def test_the_link_of_a_message_is_secret_and_its_hash_alone_is_kept(told: Told) -> None:
    message = told.send()
    token = message.text.partition("/visit/")[2].split()[0]
    link = told.session.scalars(select(VisitLink)).one()
    assert link.contact_id == told.visit.contact_id
    assert token not in link.token_hash
    assert f"/visit/{token}" in message.html, "the same link in both parts"


def test_a_units_own_words_take_the_place_of_the_products_part_by_part(told: Told) -> None:
    told.own("visit_reminder", subject="See you {intervention.weekday}, {client.name}")
    message = told.send()
    assert message.subject == "See you Tuesday, Silva Lda"
    assert "We look forward to seeing you" in message.text


def test_words_that_say_the_same_as_the_products_are_not_kept(told: Told) -> None:
    product = texts.products(KINDS["visit_reminder"], "en")
    told.own("visit_reminder", subject=product.subject, body=product.body, sms=product.sms)
    assert texts.overridden(told.session, told.unit) == {}
    told.own("visit_reminder", subject="Mine")
    assert texts.overridden(told.session, told.unit) == {"visit_reminder": {"en"}}
    told.own("visit_reminder")
    assert texts.overridden(told.session, told.unit) == {}


def test_a_text_with_a_code_of_another_message_is_refused_at_its_part(told: Told) -> None:
    with pytest.raises(Invalid) as refusal:
        told.own("visit_reminder", subject="{intervention.day}", body="Your code:\n{sign_in.code}")
    assert refusal.value.fields == {"body": "Line 2, column 1: the code {sign_in.code} has no meaning in this text."}


def test_answers_and_fields_of_the_unit_are_codes(told: Told) -> None:
    told.visit.client.custom = {"Contract no.": "C-7"}
    values = code_values.values_of(told.unit, told.visit, now=NOON)
    assert values["intervention.custom.brand"] == "<b>{unit.name}</b>"
    assert values["client.custom.contract_no"] == "C-7"
    assert "intervention.custom.brand" in code_values.known_codes(told.session, told.unit)
    assert "intervention.custom.*" not in code_values.known_codes(told.session, told.unit)


def test_what_a_client_typed_is_text_in_every_part(told: Told) -> None:
    told.ana(name='<script>alert("{sign_in.code}")</script>\r\nBcc: x@evil.example')
    told.own("visit_reminder", subject="{contact.name}", body="{contact.name}\n\n{intervention.custom.brand}")
    message = told.send()
    assert "\n" not in message.subject
    assert "<script>" not in message.html
    assert "&lt;b&gt;{unit.name}&lt;/b&gt;" in message.html
    assert "<b>{unit.name}</b>" in message.text


def test_only_addresses_of_the_text_and_of_links_can_be_followed(told: Told) -> None:
    told.ana(name="http://evil.example/x")
    told.own("visit_reminder", body="{contact.name} https://alfa.example/terms. {intervention.link}")
    html = told.send().html
    assert '<a href="https://alfa.example/terms">' in html
    assert 'href="http://evil.example' not in html
    assert html.count("/visit/") == 2


def test_a_paragraph_of_which_nothing_is_left_is_left_out(told: Told) -> None:
    told.own("visit_cancelled", body="First\n\n{intervention.cancel_reason}\n\nLast")
    assert told.send("visit_cancelled").text.startswith("First\n\nLast\n\n")
    told.visit.cancel_reason = "Ill"
    assert told.send("visit_cancelled").text.startswith("First\n\nReason: Ill\n\nLast\n\n")


def test_a_reader_gets_his_own_language(told: Told) -> None:
    told.ana(locale="fr")
    texts.change(
        told.session,
        told.unit,
        KINDS["visit_reminder"],
        "fr",
        Texts("Le {intervention.weekday}"),
        version=texts.version_of(Texts()),
        actor=DISPATCHER,
        now=NOON,
    )
    assert told.send().subject == "Le mardi"


def test_a_message_may_be_about_no_visit(told: Told) -> None:
    extra = {"waiting.title": "Boiler service", "waiting.link": "https://alfa.example/w"}
    message = notices.send(
        told.session, told.unit, None, "waiting_joined", now=NOON, contact=told.visit.contact, extra=extra
    )
    assert "waiting list for: Boiler service" in message.text
    assert "https://alfa.example/w" in message.text


def test_a_client_who_writes_reaches_the_company_itself(told: Told) -> None:
    message = told.send("call_requested", now=NIGHT, extra={"message.text": "Please call me"})
    assert (message.recipient, message.not_before_at) == ("office@alfa.example", None)
    assert "Ana of Silva Lda wants to hear from you: Boiler service." in message.text
    assert "Please call me" in message.text


@pytest.mark.parametrize("to_the_company", ["trigger", "call_requested"])
def test_the_company_never_gets_the_link_that_signs_its_client_in(told: Told, to_the_company: str) -> None:
    if to_the_company == "trigger":
        words: dict[str, Any] = {"subject": {"en": "Hi"}, "body": {"en": "{intervention.link}"}}
        message = notices.send_text(told.session, told.unit, told.visit, **words, channel="email", to="unit", now=NOON)
    else:
        told.own("call_requested", body="{intervention.link}")
        message = told.send("call_requested")
    assert message.recipient == "office@alfa.example"
    assert f"/portal/{told.unit.slug}/visits/{told.visit.id}" in message.text
    assert told.session.scalars(select(VisitLink)).all() == []


def test_who_has_left_is_told_nothing(told: Told) -> None:
    told.ana(is_active=False)
    assert (told.send().state, told.send().reason) == ("suppressed", "no_address")
    make.contact(told.session, told.visit.client, email="rita@example.com")
    told.session.refresh(told.visit.client)
    assert told.send().recipient == "rita@example.com"


# --- By which way -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "channel", "recipient"),
    [
        ({}, "email", "ana@example.com"),
        ({"channel": "sms"}, "sms", "+351912345678"),
        ({"channel": "sms", "phone": None}, "email", "ana@example.com"),
        ({"email": None}, "sms", "+351912345678"),
        ({"channel": "email", "email": None}, "sms", "+351912345678"),
    ],
)
def test_a_message_goes_the_way_its_reader_prefers_else_the_one_there_is(
    told: Told, wishes: dict[str, Any], channel: str, recipient: str
) -> None:
    told.ana(**wishes)
    message = told.send()
    assert (message.channel, message.recipient, message.state) == (channel, recipient, "queued")
    assert bool(message.html) == (channel == "email")


def test_an_sms_is_one_line_without_signs_that_cost_more(told: Told) -> None:
    told.ana(channel="sms")
    text = told.send().text
    assert text.startswith("Alfa: we come on Tuesday 24 November, 10:00-12:00. Confirm or move it: http")
    assert "\n" not in text


def test_who_cannot_be_reached_is_written_down_and_not_sent(told: Told) -> None:
    told.ana(email=None, phone=None)
    message = told.send()
    assert (message.state, message.reason) == ("suppressed", "no_address")
    assert told.jobs() == []


def test_a_text_of_a_trigger_goes_by_its_own_way_and_no_other(told: Told) -> None:
    told.ana(phone=None)
    send: dict[str, Any] = {"subject": {"en": "Hi"}, "body": {"en": "Hello {contact.name}"}, "now": NOON}
    message = notices.send_text(told.session, told.unit, told.visit, **send, channel="sms", to="contact")
    assert (message.state, message.reason) == ("suppressed", "no_address")
    message = notices.send_text(told.session, told.unit, told.visit, **send, channel="email", to="unit")
    assert (message.recipient, message.subject) == ("office@alfa.example", "Hi")
    assert message.text.startswith("Hello Ana\n")


# --- Whether at all -----------------------------------------------------------------------------------


def test_who_opted_out_gets_what_is_necessary_only(told: Told) -> None:
    told.ana(has_opted_out=True)
    assert (told.send().state, told.send().reason) == ("suppressed", "opted_out")
    assert told.send("visit_booked").state == "queued"


def test_a_message_that_is_not_necessary_says_how_to_have_no_more(told: Told) -> None:
    message = told.send()
    token = message.message_id[1:].partition("@")[0]
    assert f"/messages/{token}" in message.text
    assert f'/messages/{token}"' in message.html
    assert opting_out.by_token(told.session, token) is told.visit.contact
    assert "/messages/" not in told.send("visit_booked").text


def test_opting_out_stops_what_still_waits(told: Told) -> None:
    waiting, needed = told.send(now=NIGHT), told.send("visit_booked", now=NIGHT)
    assert told.visit.contact is not None
    opting_out.choose(told.session, told.visit.contact, wants_all=False, now=NIGHT)
    assert (waiting.state, waiting.reason, needed.state) == ("suppressed", "opted_out", "queued")
    opting_out.choose(told.session, told.visit.contact, wants_all=True, now=NIGHT)
    assert told.send().state == "queued"


@pytest.mark.parametrize("change", [notices.cancelled, notices.rescheduled, notices.unscheduled])
def test_a_reminder_that_waits_does_not_tell_a_time_that_does_not_hold(told: Told, change: Any) -> None:
    reminder, other = told.send(now=NIGHT), told.send("report_ready", now=NIGHT)
    change(told.session, told.unit, told.visit, now=NIGHT)
    assert (reminder.state, reminder.reason) == ("suppressed", "outdated")
    assert other.state == "queued"


# --- When ---------------------------------------------------------------------------------------------


def test_what_can_wait_is_sent_after_the_quiet_hours(told: Told) -> None:
    message = told.send(now=NIGHT)
    assert (message.state, message.not_before_at) == ("queued", MORNING)
    assert told.jobs()[0].run_at == MORNING


@pytest.mark.parametrize("kind", ["on_the_way", "waiting_offer", "sign_in_code"])
def test_what_cannot_wait_is_sent_in_the_night(told: Told, kind: str) -> None:
    message = told.send(kind, now=NIGHT)
    assert message.not_before_at is None
    assert told.jobs()[0].run_at == NIGHT


def test_a_unit_has_its_own_quiet_hours_in_its_own_zone(told: Told) -> None:
    settings.change(told.unit, quiet_from_minute=12 * 60, quiet_until_minute=13 * 60)
    assert told.send().not_before_at == NOON + timedelta(hours=1)
    settings.change(told.unit, quiet_from_minute=0, quiet_until_minute=0)
    assert told.send(now=NIGHT).not_before_at is None
    told.unit.zone = "America/Sao_Paulo"  # where it is nine o'clock
    settings.change(told.unit, quiet_from_minute=8 * 60, quiet_until_minute=10 * 60)
    assert told.send().not_before_at == NOON + timedelta(hours=1)

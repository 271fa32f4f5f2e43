"""Access is data: for every route and method, who may. A route without a line here fails the build."""

from enum import StrEnum

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from fieldsvc.web import filters, principal
from fieldsvc.web.session import config


class Who(StrEnum):
    """Who may use a route."""

    ANYONE = "anyone"
    CONTACT = "a signed-in contact of the unit"
    DISPATCHER = "a dispatcher or administrator"
    ADMINISTRATOR = "an administrator"
    TECHNICIAN = "a technician, for himself"
    DEMO = "anyone, in the demo only"


STAFF = (Who.DISPATCHER, Who.ADMINISTRATOR, Who.TECHNICIAN)
_GET, _POST = "GET", "POST"

LARGEST_ID = 2**31 - 1


def _lines(who: Who, *endpoints: str, methods: tuple[str, ...]) -> dict[tuple[str, str], Who]:
    return {(endpoint, method): who for endpoint in endpoints for method in methods}


TABLE: dict[tuple[str, str], Who] = {
    **_lines(Who.ANYONE, "static", "welcome", "health", methods=(_GET,)),
    **_lines(Who.DEMO, "demo.outbox", "demo.message", methods=(_GET,)),
    # clients, before they are signed in
    **_lines(Who.ANYONE, "portal.sign_in", "portal.sign_in_code", "portal.sign_in_link", methods=(_GET, _POST)),
    **_lines(Who.ANYONE, "portal.resend", "portal.sign_out", "portal.language", "portal.theme", methods=(_POST,)),
    **_lines(Who.ANYONE, "portals.sign_in", "portals.code", "portals.choose", methods=(_GET, _POST)),
    **_lines(Who.ANYONE, "portal.stylesheet", "portal.logo", methods=(_GET,)),
    # clients
    **_lines(
        Who.CONTACT,
        "portal.home",
        "portal.visits",
        "portal.visit",
        "portal.visit_calendar",
        "portal.booked",
        "portal.when",
        "portal.waiting_list",
        "portal.file",
        methods=(_GET,),
    ),
    **_lines(
        Who.CONTACT,
        "portal.what",
        "portal.where",
        "portal.questions",
        "portal.confirm",
        "portal.join_waiting",
        "portal.cancel",
        "portal.answer_form",
        "portal.ask_about",
        "portal.ask_for",
        "portal.unit_form",
        "portal.write",
        "portal.add_file",
        "portal.document",
        methods=(_GET, _POST),
    ),
    **_lines(
        Who.CONTACT,
        "portal.reschedule",
        "portal.hold",
        "portal.extend_hold",
        "portal.call_me",
        "portal.leave_waiting",
        "portal.refuse_waiting",
        "portal.questionnaire",
        "portal.confirm_visit",
        "portal.book_visit",
        "portal.read_messages",
        methods=(_POST,),
    ),
    # people with a secret link
    **_lines(Who.ANYONE, "guest.questionnaire", "guest.messages", "guest.no_more", methods=(_GET, _POST)),
    **_lines(Who.ANYONE, "guest.thanks", "feeds.technician", methods=(_GET,)),
    **_lines(Who.ANYONE, "guest.visit", "guest.visit_calendar", methods=(_GET,)),
    **_lines(Who.ANYONE, "guest.confirm_visit", "guest.change_visit", methods=(_POST,)),
    # dispatchers
    **_lines(
        Who.DISPATCHER,
        "dispatch.board",
        "dispatch.changes",
        "dispatch.other_board",
        "dispatch.interventions",
        "dispatch.intervention",
        "dispatch.suggestions",
        "dispatch.plan",
        "dispatch.satisfaction",
        "dispatch.export_satisfaction",
        "dispatch.file",
        "dispatch.clients",
        "dispatch.client",
        methods=(_GET,),
    ),
    **_lines(
        Who.DISPATCHER,
        "dispatch.new_intervention",
        "dispatch.assistant",
        "dispatch.move_form",
        "dispatch.late",
        "dispatch.complete",
        "dispatch.cancel",
        "dispatch.write",
        "dispatch.add_file",
        "dispatch.add_document",
        "dispatch.new_client",
        "dispatch.edit_client",
        "dispatch.new_contact",
        "dispatch.contact",
        "dispatch.new_site",
        "dispatch.site",
        methods=(_GET, _POST),
    ),
    **_lines(
        Who.DISPATCHER,
        "dispatch.check",
        "dispatch.move",
        "dispatch.lock",
        "dispatch.unschedule",
        "dispatch.lock_form",
        "dispatch.unschedule_form",
        "dispatch.withdraw_questionnaire",
        "dispatch.read_messages",
        "dispatch.revoke_links",
        "dispatch.withdraw_document",
        "dispatch.set_off",
        "dispatch.arrive",
        "dispatch.undo",
        "dispatch.optimise",
        "dispatch.ill",
        "dispatch.urgent",
        "dispatch.publish",
        "dispatch.discard",
        "dispatch.change_portal_of_clients",
        "dispatch.undo_portal_of_clients",
        "dispatch.client_portal",
        "dispatch.new_permanent_code",
        "dispatch.revoke_permanent_code",
        methods=(_POST,),
    ),
    # administrators: the unit and who may use its portal
    **_lines(Who.ADMINISTRATOR, "admin.unit", "admin.portal", "admin.blackout_days", methods=(_GET, _POST)),
    **_lines(Who.ADMINISTRATOR, "admin.delete_blackout_day", methods=(_POST,)),
    **_lines(Who.ADMINISTRATOR, "admin.access", methods=(_GET,)),
    # administrators: activity types, skills, portal actions, the simulator
    **_lines(Who.ADMINISTRATOR, "admin.skills", "admin.skill", methods=(_GET, _POST)),
    **_lines(Who.ADMINISTRATOR, "admin.delete_skill", methods=(_POST,)),
    **_lines(Who.ADMINISTRATOR, "admin.activity_types", methods=(_GET,)),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.new_activity_type",
        "admin.activity_type",
        "admin.activity_type_planning",
        "admin.activity_type_portal",
        "admin.activity_type_forms",
        "admin.activity_type_texts",
        methods=(_GET, _POST),
    ),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.order_activity_types",
        "admin.copy_activity_type",
        "admin.archive_activity_type",
        "admin.restore_activity_type",
        "admin.delete_activity_type",
        methods=(_POST,),
    ),
    **_lines(Who.DISPATCHER, "admin.view_as", "admin.leave_view", methods=(_POST,)),
    **_lines(Who.ADMINISTRATOR, "admin.actions", "admin.action", methods=(_GET, _POST)),
    **_lines(Who.ADMINISTRATOR, "admin.simulator", methods=(_GET,)),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.say_conditions",
        "admin.try_action",
        "admin.order_actions",
        "admin.switch_action",
        "admin.remove_action",
        methods=(_POST,),
    ),
    # administrators: forms and what was answered to them
    **_lines(
        Who.ADMINISTRATOR,
        "admin.forms",
        "admin.form_version",
        "admin.form_answers",
        "admin.export_answers",
        methods=(_GET,),
    ),
    **_lines(Who.ADMINISTRATOR, "admin.new_form", "admin.form", "admin.test_form", methods=(_GET, _POST)),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.preview_form",
        "admin.take_up_version",
        "admin.copy_form",
        "admin.archive_form",
        "admin.restore_form",
        "admin.delete_form",
        methods=(_POST,),
    ),
    # administrators: what messages say and what happens by itself
    **_lines(Who.ADMINISTRATOR, "admin.triggers", methods=(_GET,)),
    **_lines(Who.ADMINISTRATOR, "admin.new_trigger", "admin.trigger", "admin.switch_trigger", methods=(_GET, _POST)),
    **_lines(Who.ADMINISTRATOR, "admin.archive_trigger", "admin.order_triggers", methods=(_POST,)),
    **_lines(Who.ADMINISTRATOR, "admin.message_text", methods=(_GET, _POST)),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.messages",
        "admin.message_log",
        "admin.logged_message",
        "admin.preview_interventions",
        methods=(_GET,),
    ),
    **_lines(
        Who.ADMINISTRATOR,
        "admin.preview_text",
        "admin.reset_message_text",
        "admin.resend_message",
        "admin.stop_message",
        methods=(_POST,),
    ),
    # dispatchers: waiting list and offers
    **_lines(
        Who.DISPATCHER,
        "admin.waiting_entries",
        "admin.waiting_entry",
        "admin.offers",
        "admin.offer",
        "admin.export_offers",
        methods=(_GET,),
    ),
    **_lines(Who.DISPATCHER, "admin.offer_waiting", "admin.remove_waiting", methods=(_POST,)),
    # technicians
    **_lines(Who.TECHNICIAN, "field.day", "field.file", methods=(_GET,)),
    **_lines(Who.TECHNICIAN, "field.visit", methods=(_GET, _POST)),
    **_lines(Who.TECHNICIAN, "field.rotate_feed", "field.revoke_feed", methods=(_POST,)),
    **_lines(Who.TECHNICIAN, "field.set_off", "field.arrive", methods=(_POST,)),
    # staff, before they are signed in
    **_lines(Who.ANYONE, "staff.sign_in", methods=(_GET, _POST)),
    **_lines(Who.ANYONE, "staff.sign_out", methods=(_POST,)),
}


def who_may(endpoint: str, method: str) -> Who | None:
    """Who may use this route with this method; None when the table has no line for it."""
    return TABLE.get((endpoint, _GET if method in {"HEAD", "OPTIONS"} else method))


def install(app: Flask) -> None:
    """Ask the table before every view."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        who = who_may(request.endpoint, request.method)
        if who is None:
            abort(403)
        if request.endpoint in {"static", "health"}:
            return None
        if any(isinstance(value, int) and value > LARGEST_ID for value in (request.view_args or {}).values()):
            abort(404)  # no row has such a number, and SQLite would not even compare it
        principal.recognise()
        filters.choose_locale()
        return _refusal(who)


def _refusal(who: Who) -> ResponseReturnValue | None:
    person = g.principal
    if who is Who.CONTACT and person.contact is None:
        return redirect(url_for("portal.sign_in", unit_slug=g.unit.slug, next=_next()), 303)
    if who in STAFF and person.staff is None:
        return redirect(url_for("staff.sign_in", next=_next()), 303)
    if who is Who.DISPATCHER and person.staff.role not in {"dispatcher", "administrator"}:
        abort(403)
    if who is Who.ADMINISTRATOR and person.staff.role != "administrator":
        abort(403)
    if who is Who.TECHNICIAN and principal.technician() is None:
        abort(403)
    if who is Who.DEMO and not config().is_demo:
        abort(404)
    return None


def _next() -> str | None:
    return request.full_path.rstrip("?") if request.method == "GET" else None

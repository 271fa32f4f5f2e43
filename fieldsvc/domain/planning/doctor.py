"""The doctor: what must be true of the data at every instant, looked at over all units. It changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

import solver
from fieldsvc.core import migrate
from fieldsvc.core.dates import local_day, moment
from fieldsvc.core.jobs import Job
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention, Visit
from fieldsvc.domain.notify.models import OutboxMessage
from fieldsvc.domain.planning.board_cards import takes_time
from fieldsvc.domain.planning.conflicts import Conflict, conflicts_in
from fieldsvc.domain.planning.problem import load
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

GRACE = timedelta(minutes=15)
RECENT = timedelta(days=1)
MOST_EXAMPLES = 5

# What the law calls it → the check it belongs to.
LAW = {
    "travel": "travel_time",
    "shift": "working_hours",
    "no_shift": "working_hours",
    "break": "breaks",
    "skill": "skills",
    "level": "skills",
}
LAW_WORDS = {
    "travel_time": _l("There is time to drive between visits."),
    "working_hours": _l("Visits and the way home lie in the working hours."),
    "breaks": _l("Every break has its time."),
    "skills": _l("Technicians have the skills their visits need."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what must be true, whether it is, how often it is not, and the first examples."""

    check: str
    ok: bool
    words: str
    count: int
    examples: list[str]


def examine(session: Session, *, now: datetime) -> list[Finding]:
    """Every check, the schema's first; a database of another schema is examined no further."""
    schema = _schema(session)
    if not schema.ok:
        return [schema]
    return [schema, *(check(session, now) for check in CHECKS), *_law(session, now)]


def _finding(check: str, words: str, examples: Sequence[str]) -> Finding:
    return Finding(check, not examples, words, len(examples), list(examples[:MOST_EXAMPLES]))


def _schema(session: Session) -> Finding:
    head = migrate.head()
    current = session.scalar(text("SELECT version_num FROM alembic_version"))
    wrong = [] if current == head else [f"{current} ≠ {head}"]
    return _finding("schema", _("The database has the schema of this version."), wrong)


# --- Visits and promises ------------------------------------------------------------------------------


def _overlaps(session: Session, now: datetime) -> Finding:
    one, other = aliased(Visit), aliased(Visit)
    rows = session.execute(
        select(Technician.name, one.intervention_id, other.intervention_id, other.begins_at)
        .join(other, and_(other.technician_id == one.technician_id, other.id > one.id))
        .join(Technician, Technician.id == one.technician_id)
        .where(
            one.is_occupying,
            other.is_occupying,
            one.begins_at < other.ends_at,
            other.begins_at < one.ends_at,
        )
        .order_by(other.begins_at)
    )
    found = [f"{name}: #{mine}, #{theirs} ({at:%Y-%m-%d %H:%M} UTC)" for name, mine, theirs, at in rows]
    return _finding("double_booking", _("No technician is booked twice for the same time."), found)


def _promises(session: Session, now: datetime) -> Finding:
    outside = or_(Visit.begins_at < Intervention.window_begins_at, Visit.begins_at > Intervention.window_ends_at)
    wrong = _wrong(session, Intervention.status.in_(PLANNED), Visit.is_occupying, Visit.ends_at > now, outside)
    return _finding("promises", _("Every planned start lies in the promised arrival window."), wrong)


def _visit_counts(session: Session, now: datetime) -> Finding:
    mine = (Visit.intervention_id == Intervention.id, Visit.is_occupying)
    count = select(func.count()).where(*mine).scalar_subquery()
    planned = (
        select(Intervention.reference)
        .join(ActivityType, ActivityType.id == Intervention.activity_type_id)
        .where(Intervention.status.in_(PLANNED), count != ActivityType.crew_size)
    )
    wrong = list(session.scalars(planned.order_by(Intervention.id)))
    words = _("Every planned intervention takes the time of as many technicians as it needs.")
    return _finding("planned_has_visit", words, wrong)


def _crews_apart(session: Session, now: datetime) -> Finding:
    rows = (
        select(Intervention.reference)
        .join(Visit, Visit.intervention_id == Intervention.id)
        .where(Intervention.status.in_(PLANNED), Visit.is_occupying)
        .group_by(Intervention.id, Intervention.reference)
        .having(or_(func.min(Visit.begins_at) < func.max(Visit.begins_at), _somebody_twice()))
        .order_by(Intervention.id)
    )
    words = _("Several technicians of one intervention begin together.")
    return _finding("crews", words, list(session.scalars(rows)))


def _somebody_twice() -> ColumnElement[bool]:
    return func.count(Visit.technician_id.distinct()) < func.count()


def _ghosts(session: Session, now: datetime) -> Finding:
    """What is not planned takes nobody's time; holds that ran out have their own check."""
    idle = Intervention.status.in_((*UNPLANNED, "cancelled"))
    wrong = _wrong(session, Visit.is_occupying, idle)
    return _finding("unplanned_is_free", _("What is not planned takes nobody's time."), wrong)


def _expired_holds(session: Session, now: datetime) -> Finding:
    is_over = and_(Intervention.status == "held", Intervention.held_until < now - GRACE)
    wrong = _wrong(session, Visit.is_occupying, is_over)
    return _finding("expired_holds", _("Holds that ran out have been taken away."), wrong)


def _unlocated(session: Session, now: datetime) -> Finding:
    is_unlocated = Intervention.site_id.is_not(None) & Site.latitude.is_(None)
    wrong = _wrong(session, Visit.is_occupying, Visit.ends_at > now, is_unlocated, takes_time(now))
    return _finding("located", _("Every visit to come is at a site that is located on the map."), wrong)


def _foreign(session: Session, now: datetime) -> Finding:
    mixed = or_(Technician.unit_id != Intervention.unit_id, Site.unit_id != Intervention.unit_id)
    return _finding("one_unit", _("No visit mixes two business units."), _wrong(session, mixed))


def _wrong(session: Session, *conditions: ColumnExpressionArgument[bool]) -> list[str]:
    """The interventions that have a visit for which all of this is true."""
    return list(
        session.scalars(
            select(Intervention.reference)
            .join(Visit, Visit.intervention_id == Intervention.id)
            .join(Technician, Technician.id == Visit.technician_id)
            .outerjoin(Site, Site.id == Intervention.site_id)
            .where(*conditions)
            .order_by(Intervention.id)
        )
    )


# --- Messages and jobs --------------------------------------------------------------------------------


def _waiting_messages(session: Session, now: datetime) -> Finding:
    due_at = func.coalesce(OutboxMessage.not_before_at, OutboxMessage.created_at)
    rows = select(OutboxMessage).where(OutboxMessage.state == "queued", due_at < now - GRACE)
    words = _("No message waits for longer than 15 minutes.")
    return _finding("outbox_backlog", words, _messages(session, rows))


def _failed_messages(session: Session, now: datetime) -> Finding:
    rows = select(OutboxMessage).where(OutboxMessage.state == "failed")
    return _finding("outbox_failed", _("Every message could be sent."), _messages(session, rows))


def _messages(session: Session, rows: Select[OutboxMessage]) -> list[str]:
    """Messages by number and kind: to whom they go is nobody's business here."""
    return [f"#{one.id} {one.kind} {one.error}".strip() for one in session.scalars(rows.order_by(OutboxMessage.id))]


def _stuck_jobs(session: Session, now: datetime) -> Finding:
    overdue = and_(Job.state == "queued", Job.run_at < now - GRACE)
    abandoned = and_(Job.state == "running", Job.lease_until < now - GRACE)
    rows = select(Job).where(or_(overdue, abandoned))
    words = _("No job waits for longer than 15 minutes: the worker runs.")
    return _finding("jobs_stuck", words, _jobs(session, rows))


def _failed_jobs(session: Session, now: datetime) -> Finding:
    rows = select(Job).where(Job.state == "failed", Job.finished_at > now - RECENT)
    return _finding("jobs_failed", _("No job failed for good in the last day."), _jobs(session, rows))


def _jobs(session: Session, rows: Select[Job]) -> list[str]:
    return [f"#{job.id} {job.kind} {job.error[:100]}".strip() for job in session.scalars(rows.order_by(Job.id))]


# --- Travel -------------------------------------------------------------------------------------------


def _silent_roads(session: Session, now: datetime) -> Finding:
    """While the road service is silent, drives that it has not told yet are estimated."""
    source = road_cache.source(session)
    wrong = []
    if source is not None and source.silent_since is not None:
        wrong = [f"{source.provider} ({source.silent_since:%Y-%m-%d %H:%M} UTC) {source.error}"]
    return _finding("roads", _("The road service answers, if there is one."), wrong)


# --- The law ------------------------------------------------------------------------------------------


def _law(session: Session, now: datetime) -> list[Finding]:
    """Every technician-day from now on, asked of the engine's own check."""
    found: dict[str, list[str]] = {check: [] for check in LAW_WORDS}
    unreadable = []
    for unit in session.scalars(select(BusinessUnit).order_by(BusinessUnit.id)):
        try:
            conflicts = _conflicts(session, unit, now)
        except solver.ProblemError as error:
            unreadable.append(f"{unit.slug}: {error}")
            continue
        for conflict in conflicts:
            check = LAW.get(conflict.kind)
            if check is not None and conflict.visit.ends_at > now and conflict.visit.status != "completed":
                found[check].append(_example(unit, conflict))
    findings = [_finding(check, str(LAW_WORDS[check]), examples) for check, examples in found.items()]
    return [*findings, _finding("readable", _("The engine can read every calendar."), unreadable)]


def _conflicts(session: Session, unit: BusinessUnit, now: datetime) -> list[Conflict]:
    """What the law has against the plan to come; crews that do not begin together are another check's."""
    visits = session.execute(
        select(Visit.technician_id, Visit.begins_at, Visit.intervention_id)
        .join(Intervention, Intervention.id == Visit.intervention_id)
        .where(Intervention.unit_id == unit.id, Visit.is_occupying, Visit.ends_at > now)
    ).all()
    days = sorted({local_day(row.begins_at, unit.zone) for row in visits})
    if not days:
        return []
    ids = {row.technician_id for row in visits}
    technicians = list(session.scalars(select(Technician).where(Technician.id.in_(ids))))
    starts: dict[int, set[datetime]] = {}
    for row in visits:
        starts.setdefault(row.intervention_id, set()).add(row.begins_at)
    apart = [key for key, found in starts.items() if len(found) > 1]
    return conflicts_in(load(session, unit, technicians, days, now=now, without=apart))


def _example(unit: BusinessUnit, conflict: Conflict) -> str:
    visit = conflict.visit
    return f"{unit.slug} #{visit.intervention_id} {moment(visit.begins_at, unit.zone)}: {conflict.words}"


CHECKS: tuple[Callable[[Session, datetime], Finding], ...] = (
    _overlaps,
    _promises,
    _visit_counts,
    _crews_apart,
    _ghosts,
    _expired_holds,
    _unlocated,
    _foreign,
    _waiting_messages,
    _failed_messages,
    _stuck_jobs,
    _failed_jobs,
    _silent_roads,
)

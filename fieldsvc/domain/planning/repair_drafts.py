"""Drafts that repair a day: somebody is ill, a visit runs late, something urgent has to be fitted in.

They are `draft_plan` rows like those of an optimisation, computed by a job and published at once or not at all. What
nobody can keep goes back to the unscheduled, and its client is told that a new time will come.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

import solver
from fieldsvc.core import audit, jobs
from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import at_wall_time, local_day
from fieldsvc.core.errors import Invalid, NotAllowed, Stale
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import find
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import drafts, guard, moves, repair_day
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.planning.optimise_day import Json
from fieldsvc.domain.planning.rearrange import NewPlace, rearrange
from fieldsvc.domain.planning.repair_day import Upset, UpsetDay
from fieldsvc.domain.planning.repair_outcome import broken_by
from fieldsvc.domain.planning.snapshots import Snapshot
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Absence
from fieldsvc.domain.units.models import BusinessUnit

KIND = "repair_day"
LONGEST_ILLNESS = timedelta(days=13)
LONGEST_DELAY = timedelta(hours=8)


def is_repair(plan: DraftPlan) -> bool:
    """Whether a draft repairs a day, and does not optimise it."""
    return "upset" in plan.summary


def start_ill(
    session: Session,
    unit: BusinessUnit,
    technician_id: int,
    first: date,
    last: date,
    *,
    actor: Actor,
    now: datetime,
) -> DraftPlan:
    """Ask who takes over from a technician who is away from a day, or from now on today, to the end of another day.

    Raises `NotFound`, and `NotAllowed` for days that are over or too many.
    """
    technician = teams.by_id(session, unit.id, technician_id)
    if first < local_day(now, unit.zone):
        raise NotAllowed(_("This day is over."))
    if not first <= last <= first + LONGEST_ILLNESS:
        raise NotAllowed(_("Please choose a last day within two weeks."))
    days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
    begins_at = max(now, at_wall_time(first, 0, unit.zone)).replace(second=0, microsecond=0)
    ends_at = at_wall_time(last + timedelta(days=1), 0, unit.zone)
    upset = Upset("ill", technician.name, days, technician_id=technician.id, begins_at=begins_at, ends_at=ends_at)
    return _start(session, unit, upset, actor=actor, now=now)


def start_late(
    session: Session, unit: BusinessUnit, intervention_id: int, ends_minute: int, *, actor: Actor, now: datetime
) -> DraftPlan:
    """Ask what follows when the visit of an intervention ends later, at a minute of its day's wall time.

    Raises `NotFound`, `NotAllowed` for what has no time, and `Invalid` for an end that is not later than planned.
    """
    intervention = find.by_id(session, unit.id, intervention_id)
    planned = intervention.planned
    if intervention.status not in PLANNED or planned is None:
        raise NotAllowed(_("Only a planned visit can run late."))
    if intervention.site is None:
        raise NotAllowed(_("This has no place. Please move what comes after it on the board."))
    day = local_day(planned.begins_at, unit.zone)
    ends_at = at_wall_time(day, ends_minute, unit.zone)
    if not max(planned.ends_at, now) < ends_at <= planned.ends_at + LONGEST_DELAY:
        words = _("Please type an hour behind now and behind the planned end.")
        raise Invalid(words, {"ends": words})
    upset = Upset("late", intervention.client.name, (day,), intervention_id=intervention.id, ends_at=ends_at)
    return _start(session, unit, upset, actor=actor, now=now)


def start_urgent(
    session: Session, unit: BusinessUnit, intervention_id: int, *, actor: Actor, now: datetime
) -> DraftPlan:
    """Ask who can go today, as soon as can be, to an intervention that has no time.

    Raises `NotFound`, and `NotAllowed` for what has a time or is not on the map.
    """
    intervention = find.by_id(session, unit.id, intervention_id)
    if intervention.status not in UNPLANNED:
        raise NotAllowed(_("Only an unscheduled intervention can be fitted in."))
    if intervention.site is None:
        raise NotAllowed(_("Nobody has to go anywhere for this. Please choose its time with the assistant."))
    if not intervention.site.is_located:
        raise NotAllowed(_("The site is not located on the map, so nobody knows the way there."))
    today = local_day(now, unit.zone)
    upset = Upset("urgent", intervention.client.name, (today,), intervention_id=intervention.id)
    return _start(session, unit, upset, actor=actor, now=now)


def _start(session: Session, unit: BusinessUnit, upset: Upset, *, actor: Actor, now: datetime) -> DraftPlan:
    job = jobs.enqueue(session, KIND, now=now, unit_id=unit.id)
    staff_id = actor.id if actor.kind == "staff" else None
    plan = DraftPlan(unit_id=unit.id, job_id=job.id, day_on=upset.days[0], created_at=now, created_by=staff_id)
    plan.summary = {"upset": upset.as_json()}
    session.add(plan)
    session.flush()
    job.payload = {"draft_plan_id": plan.id}
    return plan


# --- Publishing ---------------------------------------------------------------------------------------


def publish(session: Session, unit: BusinessUnit, draft_id: int, *, actor: Actor, now: datetime) -> DraftPlan:
    """Make the repair the plan, with the absence that it is for: everything or nothing.

    Clients hear of a visit that is new or has lost its time; whose promise is kept hears nothing. Raises `NotAllowed`
    when it is not ready, and `Stale` when a visit or the day has changed since it was made.
    """
    plan = drafts.for_change(session, unit, draft_id)
    if plan.state != "ready":
        raise NotAllowed(_("This plan cannot be published any more."))
    upset = Upset.read(plan.summary["upset"])
    absent = {upset.technician_id} if upset.technician_id else set()
    guard.take(session, drafts.people_in(plan) | absent, now=now)
    interventions = drafts.unchanged(session, unit, plan)
    asked = repair_day.read(session, plan.id, now=now)
    _ask_the_law(asked, plan)
    before = {key: Snapshot.of(intervention) for key, intervention in interventions.items()}
    _give_back(session, unit, plan, interventions, actor=actor, now=now)
    kept = _new_places(plan.changes, interventions)
    rearrange(session, kept, now=now)
    technicians = teams.active(session, unit.id)
    for one in kept:
        if one.intervention.status in UNPLANNED:
            drafts.promise(unit, one, technicians)
        drafts.write_down(session, unit, plan, one, before[one.intervention.id], actor=actor, now=now)
    if isinstance(asked.event, solver.Absent):
        _record_absence(session, asked, asked.event, actor=actor, now=now)
    plan.state = "published"
    audit.record(session, "draft_plan.published", plan, actor=actor, now=now, changes=len(plan.changes))
    return plan


def _ask_the_law(asked: UpsetDay, plan: DraftPlan) -> None:
    """The days as they would be, with everybody's rows kept. Raises `Stale` when they do not work out any more."""
    then = drafts.plan_with(asked.problem, asked.loaded, plan.changes)
    upset = solver.after_event(asked.problem, asked.event, asked.now)
    if broken_by(upset, asked.problem.plan, then):
        raise Stale(_("The day has changed since this plan was made. Please make it again."), {"changed": []})


def _give_back(
    session: Session,
    unit: BusinessUnit,
    plan: DraftPlan,
    interventions: Mapping[int, Intervention],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """What cannot be kept waits for a new time."""
    for one in plan.changes:
        if one["after"] is None:
            lost = interventions[one["intervention"]]
            moves.take_back(session, unit, lost, actor=actor, now=now, draft_plan=plan.id)


def _new_places(changes: Sequence[Json], interventions: Mapping[int, Intervention]) -> list[NewPlace]:
    places = []
    for one in changes:
        after, intervention = one["after"], interventions[one["intervention"]]
        if after:
            intervention.minutes = one.get("minutes", intervention.minutes)
            technician_ids = tuple(after["technicians"])
            places.append(NewPlace(intervention, technician_ids, datetime.fromisoformat(after["begins_at"])))
    return places


def _record_absence(session: Session, asked: UpsetDay, event: solver.Absent, *, actor: Actor, now: datetime) -> None:
    """He is away from when he has ended what he is doing now."""
    technician = asked.loaded.technicians[int(event.technician)]
    begins_at, ends_at = asked.loaded.at(event.begins), asked.loaded.at(event.ends)
    session.add(Absence(technician_id=technician.id, begins_at=begins_at, ends_at=ends_at, reason=_("Ill")))
    away = {"begins_at": begins_at.isoformat(), "ends_at": ends_at.isoformat()}
    audit.record(session, "technician.absent", technician, actor=actor, now=now, **away)

"""Draft plans: a day optimised, shown as before and after, and published at once or not at all.

`start` queues the job; the job reads and computes (`optimise_day`) and keeps the result here; `publish` asks the
law again with everybody's rows locked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import solver
from fieldsvc.core import audit, jobs
from fieldsvc.core.audit import Actor
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import NotAllowed, NotFound, PlanRefused, Stale
from fieldsvc.core.jobs import Job
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import events, find, lifecycle, notices
from fieldsvc.domain.interventions.lifecycle import UNPLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import guard
from fieldsvc.domain.planning.models import DraftPlan
from fieldsvc.domain.planning.optimise_day import Json, Outcome, is_located, with_optional
from fieldsvc.domain.planning.problem import Loaded, load, plan_of, shift_id
from fieldsvc.domain.planning.rearrange import NewPlace, rearrange
from fieldsvc.domain.planning.snapshots import Snapshot, change
from fieldsvc.domain.planning.windows import Promises
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit
from solver.exact.verify import verified

KIND = "optimise_day"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a draft is: its state (`computing`, `ready`, `failed`, `published`, `discarded`) and 0 to 100."""

    state: str
    percent: int


def start(session: Session, unit: BusinessUnit, day: date, *, actor: Actor, now: datetime) -> DraftPlan:
    """Ask for a better plan of a day; one that is being computed for that day already is given back.

    Raises `NotAllowed` for a day that is over.
    """
    if day < local_day(now, unit.zone):
        raise NotAllowed(_("This day is over."))
    running = session.scalar(
        select(DraftPlan)
        .join(Job, Job.id == DraftPlan.job_id)
        .where(
            DraftPlan.unit_id == unit.id,
            DraftPlan.day_on == day,
            DraftPlan.state == "computing",
            Job.state.in_(("queued", "running")),
        )
        .limit(1)
    )
    if running is not None:
        return running
    job = jobs.enqueue(session, KIND, now=now, unit_id=unit.id)
    staff_id = actor.id if actor.kind == "staff" else None
    plan = DraftPlan(unit_id=unit.id, job_id=job.id, day_on=day, created_at=now, created_by=staff_id)
    session.add(plan)
    session.flush()
    job.payload = {"draft_plan_id": plan.id}
    return plan


def get(session: Session, unit: BusinessUnit, draft_id: int) -> DraftPlan:
    """One draft of the unit. Raises `NotFound`."""
    plan = session.scalar(select(DraftPlan).where(DraftPlan.id == draft_id, DraftPlan.unit_id == unit.id))
    if plan is None:
        raise NotFound(_("This plan does not exist."))
    return plan


def progress(session: Session, plan: DraftPlan) -> Progress:
    """How far the draft is; one whose job ended without a result has failed."""
    job = session.get_one(Job, plan.job_id)
    if plan.state == "computing" and job.state in {"failed", "cancelled", "done"}:
        return Progress("failed", 100)
    return Progress(plan.state, job.progress if plan.state == "computing" else 100)


def discard(session: Session, unit: BusinessUnit, draft_id: int, *, actor: Actor, now: datetime) -> DraftPlan:
    """Forget a draft, and stop its job when it still runs. Raises `NotAllowed` for a published one."""
    plan = for_change(session, unit, draft_id)
    if plan.state == "published":
        raise NotAllowed(_("This plan is published already."))
    if plan.state == "discarded":
        return plan
    job = session.get_one(Job, plan.job_id)
    if job.state in {"queued", "running"}:
        jobs.cancel(session, job, now=now)
    plan.state = "discarded"
    audit.record(session, "draft_plan.discarded", plan, actor=actor, now=now)
    return plan


def keep(session: Session, draft_id: int, outcome: Outcome, *, now: datetime) -> Json:
    """Store what was computed, unless the draft was discarded meanwhile; gives the job's result."""
    plan = session.get_one(DraftPlan, draft_id, with_for_update=True, populate_existing=True)
    if plan.state != "computing":
        return {"kept": False}
    plan.changes, plan.summary, plan.state = outcome.changes, outcome.summary, "ready"
    return {"kept": True, "changes": len(outcome.changes)}


def for_change(session: Session, unit: BusinessUnit, draft_id: int) -> DraftPlan:
    """One draft of the unit, kept for this transaction: the first lock of those who write the calendar."""
    get(session, unit, draft_id)
    return session.get_one(DraftPlan, draft_id, with_for_update=True, populate_existing=True)


# --- Publishing ---------------------------------------------------------------------------------------


def publish(session: Session, unit: BusinessUnit, draft_id: int, *, actor: Actor, now: datetime) -> DraftPlan:
    """Make the draft the plan: all its changes or none. Clients hear only of visits that are new.

    Raises `NotAllowed` when it is not ready, `Stale` when a visit or the day has changed since it was made, and
    `PlanRefused` when the second opinion (`solver.exact.verify`) sees what the law did not.
    """
    plan = for_change(session, unit, draft_id)
    if plan.state != "ready":
        raise NotAllowed(_("This plan cannot be published any more."))
    technician_ids = people_in(plan)
    guard.take(session, technician_ids, now=now)
    interventions = unchanged(session, unit, plan)
    technicians = teams.active(session, unit.id)
    concerned = [technician for technician in technicians if technician.id in technician_ids]
    _ask_the_law(session, unit, plan, interventions, concerned, now=now)
    before = {key: Snapshot.of(intervention) for key, intervention in interventions.items()}
    places = [
        NewPlace(
            intervention=interventions[one["intervention"]],
            technician_ids=tuple(one["after"]["technicians"]),
            begins_at=datetime.fromisoformat(one["after"]["begins_at"]),
        )
        for one in plan.changes
    ]
    rearrange(session, places, now=now)
    for new_place in places:
        if new_place.intervention.status in UNPLANNED:
            promise(unit, new_place, technicians)
        write_down(session, unit, plan, new_place, before[new_place.intervention.id], actor=actor, now=now)
    plan.state = "published"
    audit.record(session, "draft_plan.published", plan, actor=actor, now=now, changes=len(places))
    return plan


def people_in(plan: DraftPlan) -> set[int]:
    """Everybody whose calendar the changes touch."""
    places = [place for one in plan.changes for place in (one["before"], one["after"]) if place]
    return {technician_id for place in places for technician_id in place["technicians"]}


def plan_with(problem: solver.Problem, loaded: Loaded, changes: Sequence[Json]) -> solver.Plan:
    """The plan of today with the changes of a draft."""
    touched = {str(one["intervention"]): one["after"] for one in changes}
    routes = {route.shift: [stop for stop in route.stops if stop.visit not in touched] for route in problem.plan.routes}
    for name, after in touched.items():
        for technician_id in after["technicians"] if after else ():
            begins_at = datetime.fromisoformat(after["begins_at"])
            shift = shift_id(technician_id, local_day(begins_at, loaded.unit.zone))
            routes.setdefault(shift, []).append(solver.Stop(name, loaded.minute(begins_at)))
    return plan_of(routes)


def unchanged(session: Session, unit: BusinessUnit, plan: DraftPlan) -> dict[int, Intervention]:
    """The interventions of the changes, kept for this transaction. Raises `Stale` when one has another version."""
    ids = [one["intervention"] for one in plan.changes]
    rows = session.scalars(
        select(Intervention)
        .where(Intervention.id.in_(ids), Intervention.unit_id == unit.id)
        .order_by(Intervention.id)
        .options(*find.SHOWN)
        .with_for_update(of=Intervention)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    changed = [
        one["reference"]
        for one in plan.changes
        if one["intervention"] not in found or found[one["intervention"]].version != one["version"]
    ]
    if changed:
        raise _stale(changed)
    return found


def _ask_the_law(
    session: Session,
    unit: BusinessUnit,
    plan: DraftPlan,
    interventions: Mapping[int, Intervention],
    technicians: Sequence[Technician],
    *,
    now: datetime,
) -> None:
    """The whole day of everybody concerned, as it would be. Raises `Stale` when it does not work out any more, and
    `PlanRefused` when only the second opinion says so.
    """
    loaded = load(session, unit, technicians, [plan.day_on], now=now)
    new = [one for one in interventions.values() if one.status in UNPLANNED and is_located(one)]
    problem = with_optional(loaded, new, (max(loaded.origin, now), loaded.origin + timedelta(days=2)))
    then = plan_with(problem, loaded, plan.changes)
    if solver.check(problem, then):
        raise _stale([])
    doubts = verified(problem, then)
    if doubts:
        words = _("This plan did not pass the second check and was not published. Please optimise the day again.")
        raise PlanRefused(words, [doubt.words for doubt in doubts])


def _stale(references: list[str]) -> Stale:
    words = _("The day has changed since this plan was made. Please optimise it again.")
    if references:
        names = ", ".join(references)
        words = _("%(visits)s changed since this plan was made. Please optimise the day again.", visits=names)
    return Stale(words, {"changed": references})


def promise(unit: BusinessUnit, new_place: NewPlace, technicians: Sequence[Technician]) -> None:
    """Promise the window that holds the planned start."""
    intervention = new_place.intervention
    promises = Promises.of(intervention.activity_type)
    intervention.window_begins_at, intervention.window_ends_at = promises.around(
        technicians, unit.zone, new_place.begins_at
    )


def write_down(
    session: Session,
    unit: BusinessUnit,
    plan: DraftPlan,
    new_place: NewPlace,
    before: Snapshot | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The audit gets every change; the client of a visit that is new hears of it."""
    intervention = new_place.intervention
    data = {"draft_plan": plan.id, **change(before, Snapshot.of(intervention))}
    if intervention.status in UNPLANNED:
        lifecycle.move(session, intervention, "scheduled", actor=actor, now=now, **data)
        notices.booked(session, unit, intervention, now=now)
    else:
        events.record(session, "intervention.moved", intervention, actor=actor, now=now, **data)

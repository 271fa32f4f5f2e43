"""What a dispatcher does on the board by hand: move, schedule, lock, unschedule, undo.

Every change locks the technicians first and the intervention after them, as bookings do, so that nobody waits in a
circle; then the version that was shown is compared, the law is asked, and the audit gets both places.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsvc.core.audit import Actor, AuditEntry
from fieldsvc.core.dates import local_day
from fieldsvc.core.errors import Invalid, NotAllowed, NotFound, PlanRefused, Stale, VersionMissing
from fieldsvc.core.text import gettext as _
from fieldsvc.domain.interventions import events, find, lifecycle, notices
from fieldsvc.domain.interventions.lifecycle import PLANNED, UNPLANNED
from fieldsvc.domain.interventions.models import Intervention
from fieldsvc.domain.planning import crews, guard, place
from fieldsvc.domain.planning.fit import Fit, Place
from fieldsvc.domain.planning.snapshots import Snapshot, change, window_of
from fieldsvc.domain.planning.verdicts import Verdict, judge, verdict_of
from fieldsvc.domain.planning.windows import Promises, Window
from fieldsvc.domain.teams import find as teams
from fieldsvc.domain.teams.models import Technician
from fieldsvc.domain.units.models import BusinessUnit

UNDO_FOR = timedelta(hours=1)
UNDONE = "intervention.undone"
UNDOABLE = tuple(f"intervention.{done}" for done in ("moved", "scheduled", "unscheduled", "locked", "unlocked"))


def check(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    technician_id: int,
    begins_at: datetime,
    *,
    colleague_ids: Sequence[int] = (),
    instead_of: int | None = None,
    now: datetime,
) -> Verdict:
    """What the move would mean; nothing is changed. Raises `NotFound`."""
    intervention = find.by_id(session, unit.id, intervention_id)
    crew = _crew(session, unit, intervention, technician_id, begins_at, colleague_ids, instead_of, now=now)
    judged = judge(session, unit, intervention, crew, begins_at, now=now)
    return verdict_of(session, unit, intervention, judged, now=now)


def move(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    technician_id: int,
    begins_at: datetime,
    *,
    colleague_ids: Sequence[int] = (),
    instead_of: int | None = None,
    version: int | None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Plan an intervention with a technician at a time; one that had no time becomes scheduled.

    Where several have to come together, `planning/crews.py` says who comes with him. Inside the promised window nobody
    is told. Outside it a reason is needed, and the client is promised the window that holds the new time. Raises
    `Stale`, `VersionMissing`, `NotFound`, `PlanRefused` when the law says no, and `Invalid` when the reason is missing.
    """
    seen = find.by_id(session, unit.id, intervention_id)
    crew = _crew(session, unit, seen, technician_id, begins_at, colleague_ids, instead_of, now=now)
    intervention = _take(session, unit, intervention_id, version, [technician.id for technician in crew], now=now)
    judged = judge(session, unit, intervention, crew, begins_at, now=now)
    if judged.fit is None:
        raise PlanRefused(" ".join(judged.refusals), judged.refusals)
    if judged.doubts and not reason.strip():
        words = " ".join([*judged.doubts, _("Please give a reason.")])
        raise Invalid(words, {"reason": words})
    promise = window_of(intervention)
    if promise is None or judged.doubts:
        promise = _window_for(session, unit, intervention, begins_at)
    _settle(session, unit, intervention, judged.fit, promise, actor=actor, now=now, reason=reason.strip())
    return intervention


def lock(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    *,
    version: int | None,
    locked: bool,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Keep the optimiser and the dispatchers from moving a planned visit, or let them again.

    Raises `Stale`, `VersionMissing`, `NotFound`, and `NotAllowed` for what is not planned.
    """
    intervention = _take(session, unit, intervention_id, version, [], now=now)
    if intervention.status not in PLANNED or intervention.planned is None:
        raise NotAllowed(_("Only a planned visit can be locked."))
    if intervention.is_locked != locked:
        before = Snapshot.of(intervention)
        intervention.is_locked, intervention.changed_at = locked, now
        _record(session, "locked" if locked else "unlocked", intervention, before, actor=actor, now=now)
    return intervention


def unschedule(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Take a visit out of the plan; the client is told that a new time will come.

    Raises `Stale`, `VersionMissing`, `NotFound`, `PlanRefused` for a locked one, and `NotAllowed` for one that has
    no time or is under way.
    """
    intervention = _take(session, unit, intervention_id, version, [], now=now)
    if intervention.is_locked:
        words = _("%(client)s is locked. Unlock it first.", client=intervention.client.name)
        raise PlanRefused(words, [words])
    take_back(session, unit, intervention, actor=actor, now=now)
    return intervention


def undo(session: Session, unit: BusinessUnit, *, actor: Actor, now: datetime) -> Intervention:
    """Take back the actor's last move, lock or unscheduling of the last hour.

    Raises `NotFound` when there is none, `Stale` when somebody changed the visit since, and `PlanRefused` when its
    former place is taken.
    """
    entry = _last_change(session, unit, actor, now)
    if entry is None:
        raise NotFound(_("There is nothing to undo."))
    target = Snapshot.read(entry.data["place_before"])
    seen = find.by_id(session, unit.id, entry.object_id)
    technician_ids = target.technician_ids if target else ()
    intervention = _take(session, unit, seen.id, seen.version, technician_ids, now=now)
    if _has_changed_since(session, entry):
        words = _("Somebody has changed this visit since, so it stays as it is.")
        raise Stale(words, find.current(intervention))
    if target is None:
        take_back(session, unit, intervention, actor=actor, now=now, undid=entry.id)
    else:
        _put_back(session, unit, intervention, target, actor=actor, now=now, undid=entry.id)
    _let_others_float_back(session, unit, entry, now=now)
    return intervention


# --- Steps that several of them share -----------------------------------------------------------------


def _crew(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    technician_id: int,
    begins_at: datetime,
    colleague_ids: Sequence[int],
    instead_of: int | None,
    *,
    now: datetime,
) -> list[Technician]:
    """Everybody who is to come. Raises `NotFound` for a technician of another unit."""
    teams.by_id(session, unit.id, technician_id)
    ids = crews.crew_of(
        session,
        unit,
        intervention,
        technician_id,
        begins_at,
        colleague_ids=colleague_ids,
        instead_of=instead_of,
        now=now,
    )
    return [teams.by_id(session, unit.id, one) for one in ids]


def _take(
    session: Session,
    unit: BusinessUnit,
    intervention_id: int,
    version: int | None,
    technician_ids: Sequence[int],
    *,
    now: datetime,
) -> Intervention:
    """The intervention in the version that was shown, with everybody's rows kept for this transaction."""
    if version is None:
        raise VersionMissing(_("The version that was shown is missing from this request."))
    seen = find.by_id(session, unit.id, intervention_id)
    guard.take(session, [*technician_ids, *(visit.technician_id for visit in seen.visits)], now=now)
    return find.for_change(session, unit.id, intervention_id, version)


def _window_for(session: Session, unit: BusinessUnit, intervention: Intervention, begins_at: datetime) -> Window:
    return Promises.of(intervention.activity_type).around(teams.active(session, unit.id), unit.zone, begins_at)


def _settle(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    fit: Fit,
    promise: Window | None,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    undid: int | None = None,
) -> None:
    """Write the new place, and tell the client when his promise is another one."""
    before = Snapshot.of(intervention)
    is_new, is_promise_new = intervention.status in UNPLANNED, promise != window_of(intervention)
    floated = {str(one): begins_at.isoformat() for one, begins_at in place.floated_by(fit).items()}
    place.write(session, intervention, fit, now=now)
    intervention.window_begins_at, intervention.window_ends_at = promise or (None, None)
    if is_promise_new:
        intervention.confirmed_at = None  # what he said was about another time
    session.flush()
    data: dict[str, object] = {"undid": undid} if undid else {"reason": reason, "floated": floated}
    if is_new:
        places = change(before, Snapshot.of(intervention))
        lifecycle.move(session, intervention, "scheduled", actor=actor, now=now, **places, **data)
        notices.booked(session, unit, intervention, now=now)
        return
    _record(session, "undone" if undid else "moved", intervention, before, actor=actor, now=now, **data)
    if is_promise_new:
        notices.rescheduled(session, unit, intervention, now=now)


def take_back(
    session: Session, unit: BusinessUnit, intervention: Intervention, *, actor: Actor, now: datetime, **data: object
) -> None:
    """Take a visit out of the plan, whose rows are kept for this transaction, and tell its client; `data` is for the
    audit.
    """
    before = Snapshot.of(intervention)
    lifecycle.move(session, intervention, "unscheduled", actor=actor, now=now, **change(before, None), **data)
    place.take_out(session, intervention)
    intervention.window_begins_at = intervention.window_ends_at = intervention.confirmed_at = None
    intervention.is_locked = False
    intervention.marginal_cost, intervention.band = {}, ""
    session.flush()
    notices.unscheduled(session, unit, intervention, now=now)


def _put_back(
    session: Session,
    unit: BusinessUnit,
    intervention: Intervention,
    target: Snapshot,
    *,
    actor: Actor,
    now: datetime,
    undid: int,
) -> None:
    before = Snapshot.of(intervention)
    if before is not None and _same_place(before, target):
        intervention.is_locked, intervention.changed_at = target.is_locked, now
        _record(session, "undone", intervention, before, actor=actor, now=now, undid=undid)
        return
    window = target.window or (target.begins_at, target.begins_at)
    where = Place(target.technician_ids, window, target.begins_at)
    fit = place.fit_in(session, unit, intervention, where, now=now)
    if fit is None:
        words = _("The former time is not free any more.")
        raise PlanRefused(words, place.refusals(session, unit, intervention, where, now=now) or [words])
    intervention.is_locked = target.is_locked
    _settle(session, unit, intervention, fit, target.window, actor=actor, now=now, undid=undid)


def _let_others_float_back(session: Session, unit: BusinessUnit, entry: AuditEntry, *, now: datetime) -> None:
    """What the change pushed aside goes back too; inside its promise, so nobody has to be told."""
    pushed = Snapshot.read(entry.data["place_after"])
    if pushed is None or not entry.data.get("floated"):
        return
    wanted = {int(one): datetime.fromisoformat(begins_at) for one, begins_at in entry.data["floated"].items()}
    day = local_day(pushed.begins_at, unit.zone)
    for technician_id in pushed.technician_ids:
        place.float_back(session, unit, technician_id, day, wanted, now=now)


def _same_place(one: Snapshot, other: Snapshot) -> bool:
    crews_are_same = set(one.technician_ids) == set(other.technician_ids)
    return crews_are_same and (one.begins_at, one.window) == (other.begins_at, other.window)


def _record(
    session: Session,
    done: str,
    intervention: Intervention,
    before: Snapshot | None,
    *,
    actor: Actor,
    now: datetime,
    **data: object,
) -> None:
    places = change(before, Snapshot.of(intervention))
    events.record(session, f"intervention.{done}", intervention, actor=actor, now=now, **places, **data)


# --- What can be taken back ---------------------------------------------------------------------------


def _last_change(session: Session, unit: BusinessUnit, actor: Actor, now: datetime) -> AuditEntry | None:
    """The actor's newest change of the last hour that was not taken back; a published plan is none."""
    rows = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.unit_id == unit.id,
            AuditEntry.actor_kind == actor.kind,
            AuditEntry.actor_id == actor.id,
            AuditEntry.at > now - UNDO_FOR,
            AuditEntry.object_kind == Intervention.__tablename__,
            AuditEntry.action.in_((*UNDOABLE, UNDONE)),
        )
        .order_by(AuditEntry.id.desc())
    )
    taken_back: set[int] = set()
    for row in rows:
        if "undid" in row.data:
            taken_back.add(row.data["undid"])
        elif row.id not in taken_back and "place_before" in row.data and "draft_plan" not in row.data:
            return row
    return None


def _has_changed_since(session: Session, entry: AuditEntry) -> bool:
    """Whether anything happened to the visit after `entry` that was not taken back again."""
    later = list(
        session.scalars(
            select(AuditEntry).where(
                AuditEntry.object_kind == entry.object_kind,
                AuditEntry.object_id == entry.object_id,
                AuditEntry.id > entry.id,
            )
        )
    )
    taken_back = {row.data["undid"] for row in later if "undid" in row.data}
    return any("undid" not in row.data and row.id not in taken_back for row in later)

"""Conditions about an intervention: its state, its plan, and what waits for its client."""

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.core.text import ngettext
from fieldsvc.domain.catalogue.activity_kinds import KINDS
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.registry import condition, either, named, number, one_of, some_of, texts

STATUSES = {
    "requested": _l("requested"),
    "unscheduled": _l("unscheduled"),
    "scheduled": _l("scheduled"),
    "dispatched": _l("dispatched"),
    "travelling": _l("on the way"),
    "in_progress": _l("in progress"),
    "completed": _l("completed"),
    "cancelled": _l("cancelled"),
}
KIND_WORDS = {code: kind.words for code, kind in KINDS.items()}
BANDS = {"green": _l("green"), "orange": _l("orange"), "red": _l("red")}
OUTCOMES = {"ok": _l("OK"), "not_ok": _l("not OK")}
MOST_MOVES = 50
BOTH = (True, False)


@condition(
    _l("Status is one of"),
    "intervention",
    sentence=lambda statuses: _("the status is %(statuses)s", statuses=named(STATUSES, statuses)),
    words=lambda statuses: _("Not possible in the visit's present state."),
    samples=lambda statuses: {"status": list(STATUSES)},
    statuses=some_of(_l("Statuses"), STATUSES),
)
def status_is(facts: Facts, statuses: list[str]) -> bool:
    """The status is one of `statuses`."""
    return facts.status in statuses


@condition(
    _l("Status is none of"),
    "intervention",
    sentence=lambda statuses: _("the status is not %(statuses)s", statuses=named(STATUSES, statuses)),
    words=lambda statuses: _("Not possible in the visit's present state."),
    samples=lambda statuses: {"status": list(STATUSES)},
    statuses=some_of(_l("Statuses"), STATUSES),
)
def status_is_not(facts: Facts, statuses: list[str]) -> bool:
    """The status is none of `statuses`."""
    return facts.status not in statuses


@condition(
    _l("Kind of activity is one of"),
    "intervention",
    sentence=lambda kinds: _("it is one of these: %(kinds)s", kinds=named(KIND_WORDS, kinds)),
    words=lambda kinds: _("Not possible for this kind of visit."),
    samples=lambda kinds: {"kind": list(KIND_WORDS)},
    kinds=some_of(_l("Kinds"), KIND_WORDS),
)
def activity_kind_is(facts: Facts, kinds: list[str]) -> bool:
    """It is an intervention, one without a place, a call or a task."""
    return facts.kind in kinds


@condition(
    _l("The client has confirmed the time"),
    "intervention",
    sentence=lambda: _("the client has confirmed the time"),
    words=lambda: _("Possible only after you confirmed the time."),
    samples=lambda: {"is_confirmed": BOTH},
)
def is_confirmed(facts: Facts) -> bool:
    """The client said that the time suits him."""
    return facts.confirmed_at is not None


@condition(
    _l("The client has not confirmed the time"),
    "intervention",
    sentence=lambda: _("the client has not confirmed the time yet"),
    words=lambda: _("You have confirmed the time already."),
    samples=lambda: {"is_confirmed": BOTH},
)
def is_not_confirmed(facts: Facts) -> bool:
    """The client did not say yet that the time suits him."""
    return facts.confirmed_at is None


@condition(
    _l("The visit is locked"),
    "intervention",
    sentence=lambda: _("the visit is locked in the plan"),
    words=lambda: _("Not possible while the plan may still change."),
    samples=lambda: {"is_locked": BOTH},
)
def is_locked(facts: Facts) -> bool:
    """The optimiser may not move the visit."""
    return facts.is_locked


@condition(
    _l("The visit is not locked"),
    "intervention",
    sentence=lambda: _("the visit is not locked in the plan"),
    words=lambda: _("This visit is fixed in our plan."),
    samples=lambda: {"is_locked": BOTH},
)
def is_not_locked(facts: Facts) -> bool:
    """The optimiser may move the visit."""
    return not facts.is_locked


@condition(
    _l("The client moved it at most … times"),
    "intervention",
    sentence=lambda times: ngettext(
        "the client has moved the time at most %(n)s time",
        "the client has moved the time at most %(n)s times",
        times,
    ),
    words=lambda times: _("The time of this visit was changed as often as is possible online."),
    samples=lambda times: {"times_moved": [0, times, times + 1]},
    times=number(_l("Times"), 0, MOST_MOVES),
)
def moved_at_most(facts: Facts, times: int) -> bool:
    """The client changed the time `times` times or less."""
    return facts.times_moved <= times


@condition(
    _l("Band of the planned visit is one of"),
    "intervention",
    sentence=lambda bands: _("the band of the visit is %(bands)s", bands=named(BANDS, bands)),
    words=lambda bands: _("Not possible with the way this visit is planned."),
    samples=lambda bands: {"band": ["", *BANDS]},
    bands=some_of(_l("Bands"), BANDS),
)
def band_is(facts: Facts, bands: list[str]) -> bool:
    """The visit was planned in one of `bands`."""
    return facts.band in bands


@condition(
    _l("A technician is assigned"),
    "intervention",
    sentence=lambda: _("a technician is assigned"),
    words=lambda: _("Possible only when we know who comes."),
    samples=lambda: {"technicians": [0, 1]},
)
def technician_assigned(facts: Facts) -> bool:
    """Somebody is planned to come."""
    return facts.technicians > 0


@condition(
    _l("No technician is assigned"),
    "intervention",
    sentence=lambda: _("no technician is assigned"),
    words=lambda: _("Possible only until somebody is planned to come."),
    samples=lambda: {"technicians": [0, 1]},
)
def no_technician(facts: Facts) -> bool:
    """Nobody is planned to come yet."""
    return facts.technicians == 0


@condition(
    _l("Outcome of the work"),
    "intervention",
    sentence=lambda outcome: _("the outcome is %(outcome)s", outcome=named(OUTCOMES, [outcome])),
    words=lambda outcome: _("Not possible with the result of this visit."),
    samples=lambda outcome: {"outcome": ["", *OUTCOMES]},
    outcome=one_of(_l("Outcome"), OUTCOMES),
)
def outcome_is(facts: Facts, outcome: str) -> bool:
    """The work ended with `outcome`."""
    return facts.outcome == outcome


@condition(
    _l("A questionnaire waits for an answer"),
    "intervention",
    sentence=lambda: _("a questionnaire waits for an answer"),
    words=lambda: _("There is nothing to answer at the moment."),
    samples=lambda: {"questionnaire_waits": BOTH},
)
def questionnaire_waits(facts: Facts) -> bool:
    """The client was asked his opinion and has not given it."""
    return facts.questionnaire_waits


@condition(
    _l("A document waits for a decision"),
    "intervention",
    sentence=lambda: _("a document waits for a decision"),
    words=lambda: _("There is nothing to approve at the moment."),
    samples=lambda: {"document_waits": BOTH},
)
def document_waits(facts: Facts) -> bool:
    """A document, such as a quote, was neither approved nor declined."""
    return facts.document_waits


@condition(
    _l("Postcode begins with one of"),
    "intervention",
    sentence=lambda beginnings: _("the postcode begins with %(beginnings)s", beginnings=either(beginnings)),
    words=lambda beginnings: _("Not possible at this address."),
    samples=lambda beginnings: {"postcode": ["", *beginnings]},
    beginnings=texts(_l("Beginnings of postcodes")),
)
def postcode_begins_with(facts: Facts, beginnings: list[str]) -> bool:
    """The site's postcode begins with one of `beginnings`."""
    return facts.postcode.startswith(tuple(beginnings))

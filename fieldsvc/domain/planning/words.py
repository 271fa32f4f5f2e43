"""What the engine says, in sentences: for the staff with names and minutes, for a client in his own terms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import solver
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import pick
from fieldsvc.domain.planning.problem import Loaded


@dataclass(frozen=True, slots=True)
class Names:
    """The names behind the solver's ids."""

    visits: Mapping[str, str]
    technicians: Mapping[str, str]
    skills: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, loaded: Loaded, more: Mapping[str, str] | None = None) -> "Names":
        """The names of what is loaded, and of visits that are not in the calendars yet."""
        visits = {name: visit.client_name for name, visit in loaded.visits.items()}
        technicians = loaded.technicians.values()
        return cls(
            visits={**visits, **(more or {})},
            technicians={str(technician.id): technician.name for technician in technicians},
            skills={skill.skill.code: skill.skill.name for technician in technicians for skill in technician.skills},
        )

    def visit(self, name: object) -> str:
        """The client of a visit."""
        return self.visits.get(str(name), _("this visit"))

    def technician(self, shift: str | None) -> str:
        """The technician of a shift."""
        return self.technicians.get((shift or "").split(":")[0], _("the technician"))

    def skill(self, code: object) -> str:
        """A skill in words."""
        return pick(self.skills.get(str(code))) or str(code)


Sentence = Callable[[Names, Mapping[str, Any]], str]

REASONS: dict[str, Sentence] = {
    "empty_day": lambda n, p: _("The day is still free."),
    "on_the_way": lambda n, p: _(
        "On the way from %(after)s to %(before)s.", after=n.visit(p["after"]), before=n.visit(p["before"])
    ),
    "nearby": lambda n, p: _("%(minutes)s min from %(visit)s.", minutes=p["minutes"], visit=n.visit(p["visit"])),
    "first_of_day": lambda n, p: _("First of the day, before %(visit)s.", visit=n.visit(p["before"])),
    "last_of_day": lambda n, p: _("Last of the day, after %(visit)s.", visit=n.visit(p["after"])),
    "between_visits": lambda n, p: _(
        "Between %(after)s and %(before)s.", after=n.visit(p["after"]), before=n.visit(p["before"])
    ),
    "no_travel": lambda n, p: _("No travel: it is done from wherever the technician is."),
    "detour": lambda n, p: _("A detour of %(minutes)s min.", minutes=p["minutes"]),
    "reordered": lambda n, p: _("The visits of the day swap places to make room."),
    "skill": lambda n, p: _("Lacks the skill %(skill)s.", skill=n.skill(p["skill"])),
    "level": lambda n, p: _(
        "Has level %(has)s of %(skill)s, %(needs)s is needed.",
        has=p["has"],
        skill=n.skill(p["skill"]),
        needs=p["needs"],
    ),
    "no_shift": lambda n, p: _("Does not work on this day."),
    "window": lambda n, p: _("The times asked for lie outside the working hours."),
    "capacity": lambda n, p: _("The van is full."),
    "lock": lambda n, p: _("A locked visit is in the way."),
    "people": lambda n, p: _("This visit is not for %(technician)s.", technician=n.technician(p["technician"])),
    "territory": lambda n, p: _("Outside the area of %(technician)s.", technician=n.technician(p["technician"])),
    "maximum": lambda n, p: _("The day has as many visits as it may have (%(most)s).", most=p["most"]),
    "maximum_travel": lambda n, p: _("The day would have more than %(most)s min of travel.", most=p["most"]),
    "order": lambda n, p: _("It belongs before or after another visit, and the time between is too short."),
    "break": lambda n, p: _("The breaks leave no room."),
    "promise": lambda n, p: _("It would break the promise to %(visit)s.", visit=n.visit(p.get("visit"))),
    "travel": lambda n, p: _("The way there and back takes too long."),
    "full": lambda n, p: _("The day is full."),
    "overtime": lambda n, p: _("There is only room for it in overtime."),
    "crew": lambda n, p: _(
        "%(needs)s technicians have to come together (free: %(found)s).", needs=p["needs"], found=p["found"]
    ),
    "broken": lambda n, p: _("The day as it is planned does not work out."),
    "absent": lambda n, p: _("%(technician)s is away.", technician=n.technician(p["technician"])),
    "overrun": lambda n, p: _("It takes longer than planned: %(visit)s.", visit=n.visit(p["visit"])),
    "emergency": lambda n, p: _("It is urgent."),
    "made_room": lambda n, p: _("It makes room for another visit."),
    # Without the solver's times of day: they count minutes, and names know no zone to read them in.
    "starts_earlier": lambda n, p: _("If it may begin %(minutes)s min earlier.", minutes=p["minutes"]),
    "starts_later": lambda n, p: _("If it may begin %(minutes)s min later.", minutes=p["minutes"]),
    "with_overtime": lambda n, p: _("With %(minutes)s min of overtime.", minutes=p["minutes"]),
    "visit_moves": lambda n, p: _(
        "If another visit moves by %(minutes)s min: %(visit)s.", minutes=p["minutes"], visit=n.visit(p["visit"])
    ),
    "lower_level": lambda n, p: _(
        "If level %(has)s of %(skill)s is enough instead of %(needs)s.",
        has=p["has"],
        skill=n.skill(p["skill"]),
        needs=p["needs"],
    ),
    "cost": lambda n, p: _("Serving it would cost more than leaving it."),
}


def reason_words(reason: solver.Reason, names: Names) -> str:
    """A reason for the staff."""
    return REASONS[reason.code](names, reason.parameters)


def recommendation_words(reason: solver.Reason) -> str:
    """What speaks for a slot, as a client may know it: no other client's name. Empty when nothing does."""
    if reason.code in {"nearby", "on_the_way"}:
        return _("a technician is nearby then")
    return ""


def violation_words(violation: solver.Violation, names: Names) -> str:
    """A broken rule for the staff."""
    visit, minutes = names.visit(violation.visit), violation.minutes
    technician = names.technician(violation.shift)
    match violation.kind:
        case "skill" | "level":
            return _("%(technician)s lacks a skill, or its level, for %(visit)s.", technician=technician, visit=visit)
        case "window":
            return _("Breaks the promise to %(visit)s by %(minutes)s min.", visit=visit, minutes=minutes)
        case "travel":
            return _("%(minutes)s min are missing to get to %(visit)s.", minutes=minutes, visit=visit)
        case "shift":
            return _("%(visit)s lies %(minutes)s min outside the working hours.", visit=visit, minutes=minutes)
        case "break":
            return _("The breaks of %(technician)s leave no room.", technician=technician)
        case "crew":
            return _("%(visit)s needs all of its technicians at the same time.", visit=visit)
        case "lock":
            return _("%(visit)s is locked.", visit=visit)
    return _("The plan of this day does not permit it.")

"""What the scripts of the planning board say, in the reader's language; `%(name)s` is filled in by the script."""

from fieldsvc.core.text import gettext as _


def board_words() -> dict[str, str]:
    """Texts by the key the scripts ask for; `_one` and `_other` are the forms for a number."""
    return {**_times(), **_board(), **_unscheduled(), **_suggestions(), **_moves()}


def _times() -> dict[str, str]:
    return {
        "minutes": _("%(minutes)s min"),
        "hours": _("%(hours)s h"),
        "hours_minutes": _("%(hours)s h %(minutes)s"),
        "from_to": _("%(from)s to %(to)s"),
        "promised": _("promised %(window)s"),
        "free": _("%(minutes)s min free"),
    }


def _board() -> dict[str, str]:
    return {
        "technician": _("Technician"),
        "axis": _("Time, %(from)s to %(to)s, %(zone)s"),
        "no_shift": _("No shift"),
        "is_ill": _("%(name)s is ill"),
        "locked": _("locked"),
        "with": _("with %(names)s"),
        "visits_one": _("%(n)s visit"),
        "visits_other": _("%(n)s visits"),
        "travel": _("%(time)s travel"),
        "km": _("%(km)s km"),
        "up_to_date": _("Up to date"),
        "no_connection": _("No connection since %(hour)s"),
        "intervention": _("Intervention"),
    }


def _unscheduled() -> dict[str, str]:
    return {
        "group_overdue": _("Overdue"),
        "group_today": _("Due today"),
        "group_week": _("Next 7 days"),
        "group_later": _("Later"),
        "due": _("Due %(day)s"),
        "crew_one": _("%(n)s technician"),
        "crew_other": _("%(n)s technicians together"),
        "due_today": _("Due today"),
        "no_due_date": _("No due date"),
        "asked_by_client": _("asked by the client"),
        "any_skill": _("Any skill"),
        "none_found": _("Nothing fits the search."),
        "all_scheduled": _("Everything has its place."),
        "of_all_one": _("%(found)s of %(n)s"),
        "of_all_other": _("%(found)s of %(n)s"),
        "suggest_for": _("Suggest a time for %(client)s"),
    }


def _suggestions() -> dict[str, str]:
    return {
        "after_due": _("after the due date"),
        "suggest_title": _("Suggest a time"),
        "band_green": _("Green"),
        "band_orange": _("Orange"),
        "band_red": _("Red"),
        "on_days_one": _("%(n)s day"),
        "on_days_other": _("%(n)s days"),
        "schedule_at": _("Schedule %(hour)s, %(name)s"),
    }


def _moves() -> dict[str, str]:
    return {
        "fits": _("It fits."),
        "verdict_asking": _("Asking…"),
        "verdict_green": _("Possible."),
        "verdict_amber": _("Possible, with a reason."),
        "verdict_red": _("Not possible."),
        "moved": _("%(client)s: %(place)s"),
        "not_moved": _("%(client)s stays where it was: %(words)s"),
        "is_locked": _("%(client)s is locked. Press L on it to unlock it first."),
        "lock": _("Lock"),
        "unlock": _("Unlock"),
        "was_locked": _("%(client)s is locked: the optimiser leaves it alone."),
        "was_unlocked": _("%(client)s is unlocked."),
        "was_unscheduled": _("%(client)s is unscheduled."),
        "undo": _("Undo"),
        "undone": _("Undone."),
        "nothing_to_undo": _("There is nothing to undo."),
        "refused": _("The plan does not permit it."),
        "no_answer": _("No answer from the server."),
        "unknown": _("No answer came, so nobody knows whether it was saved. The board is read again."),
        "not_on_this_day": _("not on this day any more"),
        "as_asked": _("this change"),
    }

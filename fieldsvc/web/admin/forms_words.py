"""What forms and their fields are called, and the icon of each kind of field."""

from fieldsvc.core.text import lazy_gettext as _l

KIND_WORDS = {
    "intake": _l("Before a booking"),
    "action": _l("With a portal action"),
    "closing": _l("At the end of the work"),
    "questionnaire": _l("Questionnaire after the visit"),
}
KIND_HINTS = {
    "intake": _l("Clients answer it when they book."),
    "action": _l("Clients answer it when they ask for something on the portal."),
    "closing": _l("Whoever completes an intervention answers it."),
    "questionnaire": _l("Clients get a link to it after the visit."),
}
FIELD_WORDS = {
    "short_text": _l("Short text"),
    "long_text": _l("Long text"),
    "date": _l("Date"),
    "time": _l("Time"),
    "number": _l("Number"),
    "yes_no": _l("Yes / no"),
    "choice": _l("Single choice"),
    "choices": _l("Multiple choice"),
    "photo": _l("Photo"),
    "file": _l("File"),
    "signature": _l("Signature"),
    "text": _l("Displayed text"),
    "rating": _l("Rating"),
    "nps": _l("NPS"),
}
FIELD_ICONS = {
    "short_text": "letter-case",
    "long_text": "align-left",
    "date": "calendar-event",
    "time": "clock",
    "number": "hash",
    "yes_no": "toggle-left",
    "choice": "select",
    "choices": "square-check",
    "photo": "photo",
    "file": "paperclip",
    "signature": "signature",
    "text": "text-caption",
    "rating": "star",
    "nps": "gauge",
}

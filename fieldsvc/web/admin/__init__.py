"""Pages of the administrators: everything a unit can be shaped with."""

from fieldsvc.web.admin import (
    activity_types,
    activity_types_editor,
    answers,
    blackout_days,
    conditions,
    forms,
    forms_builder,
    forms_preview,
    message_log,
    messages,
    navigation,
    portal_settings,
    skills,
    texts,
    triggers,
    unit,
)
from fieldsvc.web.admin.blueprint import blueprint

__all__ = [
    "activity_types",
    "activity_types_editor",
    "answers",
    "blackout_days",
    "blueprint",
    "conditions",
    "forms",
    "forms_builder",
    "forms_preview",
    "message_log",
    "messages",
    "navigation",
    "portal_settings",
    "skills",
    "texts",
    "triggers",
    "unit",
]

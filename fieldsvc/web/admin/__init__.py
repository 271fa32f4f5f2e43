"""Pages of the administrators: everything a unit can be shaped with."""

from fieldsvc.web.admin import (
    activity_types,
    activity_types_editor,
    conditions,
    message_log,
    messages,
    navigation,
    portal_settings,
    skills,
    texts,
    unit,
)
from fieldsvc.web.admin.blueprint import blueprint

__all__ = [
    "activity_types",
    "activity_types_editor",
    "blueprint",
    "conditions",
    "message_log",
    "messages",
    "navigation",
    "portal_settings",
    "skills",
    "texts",
    "unit",
]

"""Pages of the administrators: everything a unit can be shaped with."""

from fieldsvc.web.admin import (
    activity_types,
    activity_types_editor,
    conditions,
    navigation,
    portal_settings,
    skills,
    unit,
)
from fieldsvc.web.admin.blueprint import blueprint

__all__ = ["activity_types", "activity_types_editor", "blueprint", "conditions", "navigation", "portal_settings", "skills", "unit"]

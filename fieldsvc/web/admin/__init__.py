"""Pages of the administrators: everything a unit can be shaped with."""

from fieldsvc.web.admin import navigation, skills
from fieldsvc.web.admin.blueprint import blueprint

__all__ = ["blueprint", "navigation", "skills"]

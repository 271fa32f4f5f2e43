"""Pages of the technicians."""

from fieldsvc.web.field import day, visit
from fieldsvc.web.field.blueprint import blueprint

__all__ = ["blueprint", "day", "visit"]

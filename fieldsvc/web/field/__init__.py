"""Pages of the technicians."""

from fieldsvc.web.field.day import blueprint

__all__ = ["blueprint"]

"""fieldsvc: field-service scheduling and client booking. Folders are floors; a floor imports only what is below it."""

__version__ = "0.1.0"

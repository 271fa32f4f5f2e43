"""Technicians, weekly hours, absences, shifts."""

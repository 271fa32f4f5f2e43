"""Business units: the tenant boundary, its settings and closed days."""

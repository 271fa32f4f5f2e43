"""Clients, contacts, sites, assets; import; sign-in to the portal."""

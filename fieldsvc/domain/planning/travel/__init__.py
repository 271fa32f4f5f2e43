"""How long drives take: learned from closed visits, asked of a road service, or estimated by the settings."""

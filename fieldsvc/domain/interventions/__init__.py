"""The work itself: lifecycle, visits, questionnaires."""

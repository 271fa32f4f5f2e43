"""Staff, sign-in sessions, one-time codes."""

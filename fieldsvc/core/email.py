"""E-mail addresses as they are compared and kept."""

from email_validator import EmailNotValidError, validate_email


def normal(text: str) -> str | None:
    """The address in lower case; None when it is no address."""
    if len(text) > 254:
        return None
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None

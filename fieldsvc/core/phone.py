"""Phone numbers as the world writes them."""

import phonenumbers


def normal(text: str, region: str = "PT") -> str | None:
    """The number in E.164 form (+351…); None when it is no valid number."""
    if len(text) > 40:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

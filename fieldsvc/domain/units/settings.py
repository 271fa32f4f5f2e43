"""What an administrator may change in a unit; stored as JSON, read as one frozen object with defaults."""

from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy.orm import Session

from fieldsvc.core.errors import Invalid
from fieldsvc.domain.units.models import BusinessUnit


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """Settings of one business unit."""

    is_portal_open: bool = True
    new_clients_have_portal: bool = True
    sign_in_by_email: bool = True
    sign_in_by_phone: bool = True
    sign_in_by_permanent_code: bool = False
    languages: list[str] = field(default_factory=lambda: ["en", "pt-PT", "pt-BR", "fr"])
    home_text: dict[str, str] = field(default_factory=dict)
    accent: str = "teal"
    """The name of a preset, or a colour such as `#0b7285`."""
    logo_id: int = 0
    """The stored file of the logo; 0 without one."""
    quiet_from_minute: int = 21 * 60
    quiet_until_minute: int = 8 * 60
    """No message that can wait leaves between these minutes of local time; equal ones mean that there is no quiet."""
    questionnaire_reminder_days: int = 5
    waiting_hold_minutes: int = 30
    hold_minutes: int = 5
    hold_extension_minutes: int = 5
    holds_per_contact: int = 3
    travel_fixed_minutes: float = 2.0
    travel_minutes_per_km: float = 1.6
    green_up_to_minutes: int = 15
    orange_up_to_minutes: int = 30
    emergency_phone: str = ""
    is_board_shown_to_units: bool = False
    """Whether the dispatchers of other units may look at the board; what is private is a grey box for them."""


def settings_of(unit: BusinessUnit) -> UnitSettings:
    """The settings of `unit`; what it does not set has its default."""
    known = {field.name for field in fields(UnitSettings)}
    return UnitSettings(**{name: value for name, value in unit.settings.items() if name in known})


def for_change(session: Session, unit: BusinessUnit) -> None:
    """Read the settings as they are now and keep them for this transaction: they are written as a whole."""
    session.refresh(unit, ["settings"], with_for_update={"key_share": True})


def change(unit: BusinessUnit, **values: Any) -> UnitSettings:
    """Change some settings of `unit`; an unknown name or a value of another kind is refused."""
    defaults = UnitSettings()
    for name, value in values.items():
        expected = type(getattr(defaults, name, None))
        if expected is type(None):
            raise Invalid(f"There is no setting named {name}.")
        if not isinstance(value, expected):
            raise Invalid(f"The setting {name} must be {expected.__name__}, not {type(value).__name__}.")
    unit.settings = {**unit.settings, **values}
    return settings_of(unit)

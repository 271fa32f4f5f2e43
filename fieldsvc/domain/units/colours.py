"""The colour of a unit, kept readable: white text stands on it, and it stands on white as text."""

import re
from dataclasses import dataclass

LOWEST_CONTRAST = 4.5
"""Of text, as the accessibility guidelines want it."""
PAPER = "#f4f6f8"
"""The darkest ground that the colour stands on as text in a light page."""

PRESETS = {
    "teal": "#0b5d70",
    "indigo": "#3b4ba8",
    "forest": "#1f6b3a",
    "plum": "#7a2e72",
    "brick": "#9a3d1f",
    "slate": "#405264",
}
OWN = re.compile("#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour as it was chosen and as it is used."""

    chosen: str
    used: str

    @property
    def is_darkened(self) -> bool:
        """Whether the chosen colour was too bright to be read."""
        return self.used != self.chosen


def accent_of(name: str) -> Accent:
    """The colour of a preset, or one such as `#0b7285`; what is neither is the first preset."""
    chosen = PRESETS.get(name) or (name.lower() if OWN.fullmatch(name.lower()) else PRESETS["teal"])
    return Accent(chosen, readable(chosen))


def contrast(one: str, other: str) -> float:
    """The contrast between two colours, from 1 to 21, as the accessibility guidelines reckon it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str) -> str:
    """The colour itself, or as little darker as it takes to be read."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(100, -1, -1):
        shade = "#" + "".join(f"{part * share // 100:02x}" for part in parts)
        if contrast(shade, PAPER) >= LOWEST_CONTRAST:
            return shade
    return "#000000"


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

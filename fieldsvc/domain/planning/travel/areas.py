"""Areas of a city: squares of about 2 km, and of about 0.5 km inside them, named by row and column."""

import math

SIDES = (0.02, 0.005)
"""The sides of the squares in degrees of latitude, a district's and a neighbourhood's."""


def areas_of(latitude: float, longitude: float) -> tuple[str, str]:
    """The district and the neighbourhood of a point, such as `d2057:-324` and `n8230:-1296`.

    The columns of a row are counted with the row's own degrees of longitude, so that squares are as wide as high.
    """
    district, neighbourhood = (_square(latitude, longitude, side) for side in SIDES)
    return f"d{district}", f"n{neighbourhood}"


def _square(latitude: float, longitude: float, side: float) -> str:
    row = math.floor(latitude / side)
    width = math.cos(math.radians((row + 0.5) * side))
    return f"{row}:{math.floor(longitude * width / side)}"

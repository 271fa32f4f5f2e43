"""Cells: points on the earth that are one place for a road, each a whole number.

A cell is a ten-thousandth of a degree high and wide, about 11 by 8 metres in Portugal: finer than a geocoder knows a
door, wide enough that an address that is located again is the same place. Larger cells would share more answers, but
would move doors to the other side of one-way streets.
"""

PER_DEGREE = 10_000
COLUMNS = 360 * PER_DEGREE + 1


def cell_of(latitude: float, longitude: float) -> int:
    """The cell of a point in degrees."""
    return round((latitude + 90) * PER_DEGREE) * COLUMNS + round((longitude + 180) * PER_DEGREE)


def centre(cell: int) -> tuple[float, float]:
    """Latitude and longitude of the middle of a cell."""
    row, column = divmod(cell, COLUMNS)
    return round(row / PER_DEGREE - 90, 4), round(column / PER_DEGREE - 180, 4)

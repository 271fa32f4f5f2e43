"""Breaks for a peer that knows none: the visits of a day that fit around its break."""

from collections.abc import Callable

from arrays import Json

Drives = Callable[[str, str], int]


def order_with_breaks(shift: Json, order: list[Json], minutes: Drives) -> list[Json]:
    """The visits in their order, the least important ones left out until the day's break fits."""
    order = list(order)
    while order and not _fits(shift, order, minutes):
        without = [order[:number] + order[number + 1 :] for number in range(len(order))]
        enough = [number for number, rest in enumerate(without) if _fits(shift, rest, minutes)]
        order.pop(min(enough or range(len(order)), key=lambda number: order[number]["priority"]))
    return order


def _fits(shift: Json, order: list[Json], minutes: Drives) -> bool:
    if len(shift["breaks"]) != 1:
        raise NotImplementedError("put around one break a day")
    return any(_works(shift, order, minutes, place) for place in range(len(order) + 1))


def _works(shift: Json, order: list[Json], minutes: Drives, place: int) -> bool:
    """Whether the day works with its break on the way to the stop at this place, before or after the drive."""
    pause = shift["breaks"][0]
    now, here = shift["begins"], shift["start"]
    for number, visit in enumerate([*order, None]):
        there = shift["end"] if visit is None else visit["place"]
        drive = minutes(here, there)
        if number == place:
            first, last = max(now, pause["earliest"]), max(now + drive, pause["earliest"])
            ready = [first + pause["minutes"] + drive] if first <= pause["latest"] else []
            ready += [last + pause["minutes"]] if last <= pause["latest"] else []
            if not ready:
                return False
            now = min(ready)
        else:
            now += drive
        if visit is None:
            break
        opens, closes = visit["windows"][0] if visit["windows"] else (now, now)
        now, here = max(now, opens), there
        if now > closes:
            return False
        now += visit["minutes"]
    return bool(now <= shift["ends"])

"""How long an SMS is: its characters, and the parts a provider sends and counts it in (GSM 03.38, 3GPP TS 23.040)."""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Signs that take the room of two."""


@dataclass(frozen=True, slots=True)
class SmsLength:
    """`units` are what one part has `room` for; some signs take more than one."""

    units: int
    parts: int
    is_unicode: bool


def of(text: str) -> SmsLength:
    """The length of `text`. One sign outside the GSM alphabet makes every sign take more room."""
    if set(text) <= BASIC | EXTENDED:
        sizes = [2 if sign in EXTENDED else 1 for sign in text]
        return SmsLength(sum(sizes), _parts(sizes, alone=160, together=153), False)
    sizes = [len(sign.encode("utf-16-le")) // 2 for sign in text]
    return SmsLength(sum(sizes), _parts(sizes, alone=70, together=67), True)


def _parts(sizes: list[int], *, alone: int, together: int) -> int:
    """No sign is cut in two between one part and the next."""
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used + size > together:
            parts, used = parts + 1, 0
        used += size
    return parts

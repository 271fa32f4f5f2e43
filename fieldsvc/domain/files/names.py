"""Names of files that no folder, page, header or person is misled by."""

import re
import unicodedata

LONGEST = 100
# Devices of Windows, whatever ending follows.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
# A picture that is drawn again as one of another kind.
OF_PICTURES = {"png", "jpg", "jpeg", "webp", "gif"}
MISLEADING = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
TURNS_TEXT_AROUND = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def safe(name: str, endings: tuple[str, ...]) -> str:
    """`name` without a path and without characters that mislead, ending with one of `endings` (the first, if not)."""
    base = re.split(r"[/\\]", name[-4096:])[-1]
    base = TURNS_TEXT_AROUND.sub("", unicodedata.normalize("NFC", base))
    base = "".join(letter for letter in base if unicodedata.category(letter) not in MISLEADING)
    base = re.sub(r'[<>:"|?*]', "_", base).rstrip(". ")
    stem, dot, ending = base.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = stem if ending.lower() in OF_PICTURES else base, endings[0]
    stem = stem.strip(". ")[:LONGEST].encode()[: 2 * LONGEST].decode(errors="ignore").strip(". ") or "file"
    return f"{'_' if RESERVED.match(stem) else ''}{stem}.{ending.lower()}"

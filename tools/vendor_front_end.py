"""Copies the pinned front-end files into the tree and records where each came from.

python -m tools.vendor_front_end            install with npm, copy, write vendor.json
python -m tools.vendor_front_end --check    offline: what is there is what was copied
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
PACKAGES = TOOLS / "node_modules"
MANIFEST = TOOLS / "vendor.json"

VENDOR = "fieldsvc/static/vendor"
AXE = "tests/e2e/axe"

# Folders that hold nothing but vendored files.
FOLDERS = (VENDOR, AXE)

# Where a file goes → the package it comes from and its path there.
FILES = {
    f"{VENDOR}/tabler.min.css": ("@tabler/core", "dist/css/tabler.min.css"),
    f"{VENDOR}/inter/latin.woff2": ("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2"),
    f"{VENDOR}/inter/latin-ext.woff2": (
        "@fontsource-variable/inter",
        "files/inter-latin-ext-wght-normal.woff2",
    ),
    f"{VENDOR}/licences/inter.txt": ("@fontsource-variable/inter", "LICENSE"),
    f"{VENDOR}/licences/tabler-icons.txt": ("@tabler/icons", "LICENSE"),
    f"{AXE}/axe.min.js": ("axe-core", "axe.min.js"),
    f"{AXE}/LICENSE": ("axe-core", "LICENSE"),
    f"{AXE}/LICENSE-3RD-PARTY.txt": ("axe-core", "LICENSE-3RD-PARTY.txt"),
}

# The package names its licence but does not bring the text.
TABLER_LICENCE = f"{VENDOR}/licences/tabler.txt"

# The package's own sheet names every alphabet; only these two are shipped.
INTER_SHEET = f"{VENDOR}/inter/inter.css"
INTER_ALPHABETS = ("latin-ext", "latin")


@dataclass(frozen=True)
class Origin:
    """Where a vendored file came from, and what it must still be."""

    package: str
    version: str
    licence: str
    sha256: str


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    if not arguments:
        vendor()
    faults = check(ROOT, read_manifest())
    print("\n".join(faults) or f"{len(read_manifest())} vendored files are as they were copied")
    return 1 if faults else 0


def vendor() -> None:
    """Install the pinned packages, copy their files, and write the manifest."""
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
    for folder in FOLDERS:
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    contents = {target: (package, _read(package, source)) for target, (package, source) in FILES.items()}
    contents[TABLER_LICENCE] = ("@tabler/core", (TOOLS / "licences/tabler-core.txt").read_bytes())
    contents[INTER_SHEET] = ("@fontsource-variable/inter", _inter_sheet().encode())
    manifest = {}
    for target, (package, content) in sorted(contents.items()):
        path = ROOT / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        manifest[target] = asdict(_origin(package, content))
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def read_manifest() -> dict[str, Origin]:
    """Path from the root → origin of every vendored file."""
    return {path: Origin(**origin) for path, origin in json.loads(MANIFEST.read_text()).items()}


def check(root: Path, manifest: dict[str, Origin]) -> list[str]:
    """Every fault of the vendored files below `root`, in words."""
    present = {
        file.relative_to(root).as_posix() for folder in FOLDERS for file in (root / folder).rglob("*") if file.is_file()
    }
    faults = [f"{path}: not in vendor.json" for path in sorted(present - manifest.keys())]
    faults += [f"{path}: missing" for path in sorted(manifest.keys() - present)]
    for path in sorted(present & manifest.keys()):
        content = (root / path).read_bytes()
        if _sha256(content) != manifest[path].sha256:
            faults.append(f"{path}: changed since it was copied")
        if path.endswith(".css"):
            faults += [f"{path}: {url} is not there" for url in _dead_urls(root / path, content.decode())]
    return faults


def _dead_urls(sheet: Path, text: str) -> list[str]:
    urls = re.findall(r"""url\(\s*["']?(?!data:|#)([^"')]+)""", text)
    return [url for url in urls if not (sheet.parent / re.split("[?#]", url)[0]).is_file()]


def _inter_sheet() -> str:
    sheet = _read("@fontsource-variable/inter", "index.css").decode()
    rules = []
    for alphabet in INTER_ALPHABETS:
        rule = re.search(rf"/\* inter-{alphabet}-wght-normal \*/\n(@font-face {{.*?}})", sheet, re.DOTALL)
        if not rule:
            raise SystemExit(f"the sheet of Inter has no alphabet {alphabet} any more")
        rules.append(
            rule[1]
            .replace("'Inter Variable'", "Inter")
            .replace(f"./files/inter-{alphabet}-wght-normal.woff2", f"{alphabet}.woff2")
        )
    return "\n\n".join(rules) + "\n"


def _read(package: str, source: str) -> bytes:
    return (PACKAGES / package / source).read_bytes()


def _origin(package: str, content: bytes) -> Origin:
    described = json.loads(_read(package, "package.json"))
    return Origin(package, described["version"], described["license"], _sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

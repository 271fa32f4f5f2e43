"""The checks of vendored files and icons see what changed."""

import shutil
from pathlib import Path

import pytest

from tools import make_icon_sprite, vendor_front_end
from tools.vendor_front_end import ROOT, VENDOR, check, read_manifest


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the vendored files that a test may spoil."""
    for folder in vendor_front_end.FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_tree_is_as_it_was_copied() -> None:
    assert len(read_manifest()) > len(vendor_front_end.FILES)
    assert check(ROOT, read_manifest()) == []


def test_a_changed_file_is_found(copy: Path) -> None:
    with (copy / VENDOR / "tabler.min.css").open("a") as sheet:
        sheet.write("x{}")
    assert check(copy, read_manifest()) == [f"{VENDOR}/tabler.min.css: changed since it was copied"]


def test_a_missing_file_and_a_stranger_are_found(copy: Path) -> None:
    (copy / VENDOR / "tabler.min.css").rename(copy / VENDOR / "other.css")
    assert check(copy, read_manifest()) == [
        f"{VENDOR}/other.css: not in vendor.json",
        f"{VENDOR}/tabler.min.css: missing",
    ]


def test_a_sheet_that_names_an_absent_file_is_found(copy: Path) -> None:
    manifest = read_manifest()
    font = f"{VENDOR}/inter/latin.woff2"
    (copy / font).unlink()
    del manifest[font]
    assert check(copy, manifest) == [f"{VENDOR}/inter/inter.css: latin.woff2 is not there"]


def test_the_sprite_holds_the_icons_that_are_named() -> None:
    names = make_icon_sprite.read_names()
    sprite = make_icon_sprite.SPRITE.read_text()
    assert names
    assert make_icon_sprite.check(names, sprite) == []
    assert make_icon_sprite.check([*names, "absent"], sprite) == ["icon absent is named but not drawn: run make vendor"]
    assert make_icon_sprite.check(names[1:], sprite) == [f"icon {names[0]} is drawn but not named"]


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ('{{ icon("truck") }}', {"truck"}),
        ('{{ icon("eye" if kind == "seen" else "eye-off", "ico-l") }}', {"eye", "eye-off"}),
        ('{{ icon({"good": "check", "bad": "x"}[band]) }}', {"check", "x"}),
        ("{{ icon(task.icon) }}", set()),
    ],
)
def test_the_icons_that_a_template_writes_out_are_known(template: str, names: set[str]) -> None:
    assert make_icon_sprite.drawn_by(template) == names

"""An installed wheel carries everything: it works in a folder that knows nothing of the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

# Compiling the kernels anew takes a minute; without Numba the engine works with NumPy.
WITHOUT_NUMBA = "import sys; sys.modules['numba'] = None\n"

# Served by the installed package: its templates, its static files and its translations.
LOOK = """
import json, sys
from fieldsvc import app
from fieldsvc.core import config
from fieldsvc.core.resources import PACKAGE, folder

product = app.create_app(config.read({"FIELDSVC_RUN_WORKER": "no"}, is_demo=True))
client = product.test_client()
paths = ["/", "/portal/porto/sign-in", "/staff/sign-in", "/static/css/tokens.css", "/static/icons.svg"]
print(json.dumps({
    "package": str(PACKAGE),
    "folders": [str(folder(name)) for name in ("templates", "fixtures", "migrations")],
    "codes": {path: client.get(path).status_code for path in paths},
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel made from this checkout was installed."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(CHECKOUT)]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    if "No module named build" in made.stderr:
        pytest.skip("the package build is not installed")
    assert made.returncode == 0, made.stdout + made.stderr
    [wheel] = wheels.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True)
    return target


def outside(installed: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder` with the installed package ahead of the libraries, and without the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FIELDSVC_", "PYTHON"))}
    path = os.pathsep.join((str(installed), sysconfig.get_path("purelib")))
    # -S: without the site module the editable installation of this checkout is not found.
    return subprocess.run(
        [sys.executable, "-S", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(WITHOUT_NUMBA, id="with NumPy"),
        pytest.param("", id="compiled", marks=pytest.mark.full),
    ],
)
def test_an_installed_wheel_works_outside_the_checkout(installed: Path, tmp_path: Path, first: str) -> None:
    def fieldsvc(*words: str) -> str:
        done = outside(installed, tmp_path, "-c", first + "from fieldsvc.cli import main; main()", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "The demo is ready" in fieldsvc("demo", "--no-serve")
    slots = json.loads(
        fieldsvc("slots", "--unit", "porto", "--activity", "boiler-service", "--site", "C-1001", "--json")
    )
    assert len(slots["slots"]) >= 10
    assert json.loads(fieldsvc("doctor", "--json"))["ok"]

    done = outside(installed, tmp_path, "-c", first + LOOK)
    assert done.returncode == 0, done.stderr
    looked = json.loads(done.stdout)
    assert looked["package"] == str(installed / "fieldsvc")
    assert all(folder.startswith(str(installed)) for folder in looked["folders"])
    assert set(looked["codes"].values()) == {200}, looked["codes"]

"""The demo is served by one process tree that answers, says where to go, and ends when asked to."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldsvc.cli.serving import Server
from fieldsvc.core.config import Config

PATIENCE = 90
COMMAND = [sys.executable, "-c", "from fieldsvc.cli import main; main()"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(*words: str, folder: Path, port: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A running command that answers; it is ended after the block if it has not ended by itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDSVC_")}
    process = subprocess.Popen(
        [*COMMAND, *words, "--port", str(port)],
        cwd=folder,
        env={**kept, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield process
    finally:
        process.kill() if process.poll() is None else None
        assert process.stdout is not None
        process.stdout.close()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[str]) -> None:
    """Wait until an address answers, or the process ends."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


def text_of(url: str) -> str:
    """What an address answers."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.full)])
def test_the_demo_is_served_until_it_is_asked_to_end(tmp_path: Path, end: signal.Signals) -> None:
    port = free_port()
    with started("demo", folder=tmp_path, port=port) as process:
        home = f"http://127.0.0.1:{port}"
        assert "Porto Clima" in text_of(f"{home}/portal/porto/sign-in")
        assert "marta@client.example" in text_of(f"{home}/demo/outbox")
        process.send_signal(end)
        output, _error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"{home}/portal/porto/" in output
    assert "lucia@portoclima.example, password demo" in output
    assert "Traceback" not in output


def test_an_installation_is_served_without_the_demo(tmp_path: Path) -> None:
    port = free_port()
    settings = {"FIELDSVC_DATABASE_URL": f"sqlite:///{tmp_path}/fieldsvc.db", "FIELDSVC_SECRET_KEY": "s" * 32}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDSVC_")}
    subprocess.run(
        [*COMMAND, "init"], check=True, cwd=tmp_path, env={**kept, **settings, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    with started("run", folder=tmp_path, port=port, **settings) as process:
        home = f"http://127.0.0.1:{port}"
        assert "demo" not in text_of(f"{home}/").lower()
        with pytest.raises(urllib.error.HTTPError) as refusal:
            text_of(f"{home}/demo/outbox")
        refusal.value.close()
        assert refusal.value.code == 404
        process.terminate()
        output, _error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "fieldsvc serves http://127.0.0.1:8000" in output


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.full)])
def test_a_worker_of_its_own_ends_when_it_is_asked_to(tmp_path: Path, end: signal.Signals) -> None:
    settings = {"FIELDSVC_DATABASE_URL": f"sqlite:///{tmp_path}/fieldsvc.db", "FIELDSVC_SECRET_KEY": "s" * 32}
    environment = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    subprocess.run([*COMMAND, "init"], check=True, cwd=tmp_path, env=environment)
    with subprocess.Popen(
        [*COMMAND, "worker"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "The worker waits for jobs.\n"
        process.send_signal(end)
        assert process.wait(timeout=30) == 0


def test_what_a_server_keeps_for_good_is_not_looked_through_for_garbage(tmp_path: Path) -> None:
    settings = Config(
        database_url=f"sqlite:///{tmp_path}/fieldsvc.db", secret_key="only-for-tests-" * 4, run_worker=False
    )
    before = gc.get_freeze_count()
    try:
        app = Server(settings, host="127.0.0.1", port=free_port()).load()
        assert gc.get_freeze_count() > before
        assert all(one is not app for one in gc.get_objects())
    finally:
        gc.unfreeze()

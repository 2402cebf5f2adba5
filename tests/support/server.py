"""The real service as a process of its own: started, killed and started again as an operator would."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
from typer.testing import CliRunner

from api.cli import app
from support.forked import Forked
from support.postgres import _free_port

ROOT = Path(__file__).parents[2]
RESPITE = [sys.executable, "-c", "from api.cli import main; main()"]
READY_DEADLINE_S = 180.0  # three processes that import it all, on one core that others use too
STOP_DEADLINE_S = 60.0
CLEAN = (0, -signal.SIGTERM)  # uvicorn shuts down, then lets the signal end the process


class LiveServer:
    """`with LiveServer(tmp_path, clock_rate=200) as server:` runs `respite serve` on a free port; `env` holds fields of `Settings`.

    `cold`: Python is started and all is imported anew each time, which is two seconds of work; else forked from a process that has.
    """

    def __init__(self, tmp_path: Path, database_url: str | None = None, *, cold: bool = False, **env: object) -> None:
        self._cold = cold
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = tmp_path / "respite.log"
        settings = {"database_url": database_url or f"sqlite:///{tmp_path / 'respite.db'}", "port": self.port} | env
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("RESPITE_")}
        self._environment = foreign | {f"RESPITE_{name.upper()}": str(value) for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | Forked | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self.stop()
        else:
            self.kill()

    def start(self) -> None:
        """Start, and wait until it is ready."""
        assert self._process is None, "it runs already"
        self._process = self._started_cold() if self._cold else Forked(["serve"], self._environment, self.log)
        deadline = time.monotonic() + READY_DEADLINE_S
        while not self._ready():
            assert self._process.poll() is None, f"it ended with code {self._process.returncode}:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"it was not ready after {READY_DEADLINE_S:g} s:\n{self.log.read_text()}"
            time.sleep(0.05)

    def _started_cold(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*RESPITE, "serve"], cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def stop(self, in_trouble: bool = False) -> None:
        """End it as an operator does, and make sure that it ends cleanly, and has logged no error but where it was `in_trouble`."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            code = process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"it did not stop within {STOP_DEADLINE_S:g} s:\n{self.log.read_text()}") from None
        assert code in CLEAN, f"it ended with code {code}:\n{self.log.read_text()}"
        assert in_trouble or "Traceback" not in self.log.read_text(), self.log.read_text()

    def kill(self) -> None:
        """Pull the plug."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def key(self, role: str, agent: str | None = None) -> str:
        """A new key, made by the command line."""
        bound = [] if agent is None else ["--agent", agent]
        secret: str = json.loads(self._respite("keys", "create", "--role", role, *bound, "--json"))["key"]
        return secret

    def revoke(self, role: str) -> None:
        """Revoke every key of a role, by the command line."""
        for each in json.loads(self._respite("keys", "list", "--json")):
            if each["role"] == role:
                self._respite("keys", "revoke", each["id"])

    def _respite(self, *arguments: str) -> str:
        """What the command line prints, beside the service; a process of its own would import everything once more."""
        settings = {name: text for name, text in self._environment.items() if name.startswith("RESPITE_")}
        made = CliRunner().invoke(app, arguments, env=settings)
        assert made.exit_code == 0, made.output
        return made.stdout

    def client(self, key: str) -> httpx2.Client:
        """An HTTP client that calls with `key`; to be closed."""
        secret = {"Authorization": f"Bearer {key}"}
        return httpx2.Client(base_url=self.url, headers=secret, timeout=60.0, verify=False)  # reads no certificates, which takes 30 ms

    def call(self, key: str, method: str, path: str, body: Any = None) -> Any:
        """The answer to one call, which must succeed."""
        with self.client(key) as client:
            response = client.request(method, path, json=body)
        assert response.status_code < 300, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5.0) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

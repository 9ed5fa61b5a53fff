"""A database, a broker, an object store, Dagster's daemon and workers, as processes of one machine.

Each is a group of processes of its own, listens on loopback only, and ends by itself after a while.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import yaml

LONGEST_S = 3600  # after which `timeout` ends a server that nobody has ended
DEPLOY = Path(__file__).parents[2] / "deploy"
PYTHON = (sys.executable, "-m")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name: str) -> str | None:
    """A program of Debian's packages, which do not all put theirs on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(found[-1]) if found else None)


def until(met: Callable[[], object], *, seconds: float, what: str, pause: float = 0.2) -> None:
    """Poll a condition of real processes; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"{what} took over {seconds:g} s"
        time.sleep(pause)


@dataclass
class Server:
    """A process, started again as often as it is asked to; its log goes on."""

    name: str
    words: Sequence[str]
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, in a group of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(program("timeout")), "--kill-after=5", str(LONGEST_S), *self.words],
                env={**os.environ, **self.environ},
                cwd=self.log.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        """Whether it does."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it and its children at once, as a machine that is switched off does."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and make it."""
        if self.runs:
            self._signal(signal.SIGTERM, wait=20)
        self._signal(signal.SIGKILL)

    def _signal(self, number: int, wait: float = 60) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=wait)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self.process.poll()


def listens(port: int) -> bool:
    """Whether anything answers at a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Cluster:
    """The servers of `deploy/`, and how to reach them."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, workers: int) -> None:
        self.folder = folder
        self.data = Path(tempfile.mkdtemp(prefix="lake-postgres-"))  # its user must reach it
        self.ports = {name: free_port() for name in ("postgres", "redis", "s3", "code", "web")}
        at = {name: f"127.0.0.1:{port}" for name, port in self.ports.items()}
        self.environ = {
            **environ,
            "DAGSTER_HOME": str(folder / "home"),
            "LAKE_POSTGRES_URL": f"postgresql+psycopg2://lake@{at['postgres']}/postgres",
            "LAKE_BROKER_URL": f"redis://{at['redis']}/0",
            "LAKE_WORKERS": str(workers),
            "LAKE_CODE_HOST": "127.0.0.1",
            "LAKE_CODE_PORT": str(self.ports["code"]),
            "LAKE_MIRROR": str(folder / "mirror"),
            "AWS_ENDPOINT_URL": f"http://{at['s3']}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        self.servers: dict[str, Server] = {}
        self.workers = [f"worker-{number}" for number in range(1, workers + 1)]
        self._settle()
        self._describe()

    @property
    def address(self) -> str:
        """Where Dagster's GraphQL is."""
        return f"http://127.0.0.1:{self.ports['web']}/graphql"

    def _settle(self) -> None:
        """Settings as `deploy/` has them, but with less patience."""
        home = self.folder / "home"
        home.mkdir()
        settings = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
        settings["run_monitoring"] |= {"poll_interval_seconds": 2}
        (home / "dagster.yaml").write_text(yaml.safe_dump(settings))

    def _describe(self) -> None:
        """Every server, none of them started."""
        workspace = ("-w", str(DEPLOY / "workspace.yaml"))
        here = ("127.0.0.1", str(self.ports["web"]))
        code = (
            "-m",
            "lake_assets.definitions",
            "-h",
            "127.0.0.1",
            "-p",
            self.environ["LAKE_CODE_PORT"],
        )
        self._server("postgres", *self._postgres())
        self._server(
            "redis",
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            str(self.ports["redis"]),
            "--dir",
            str(self.folder),
            "--appendonly",
            "yes",
            "--save",
            "",
        )
        self._server("s3", *PYTHON, "moto.server", "-H", "127.0.0.1", "-p", str(self.ports["s3"]))
        self._server("code", *PYTHON, "dagster", "api", "grpc", *code)
        self._server("daemon", *PYTHON, "dagster._daemon", "run", *workspace)
        self._server("web", *PYTHON, "dagster_webserver", "-h", here[0], "-p", here[1], *workspace)
        for name in self.workers:
            self._server(
                name, *PYTHON, "celery", "-A", "lake_assets.orchestration.celery_worker", "worker",
                "-Q", "dagster", "-c", "1", "-n", f"{name}@%h", "-l", "INFO",
            )  # fmt: skip

    def _server(self, name: str, *words: str) -> None:
        mirror = {"LAKE_MIRROR": str(self.folder / f"mirror-{name}")}  # as on a machine of its own
        log = self.folder / f"{name}.log"
        self.servers[name] = Server(name, words, log, {**self.environ, **mirror})

    def _postgres(self) -> list[str]:
        """The words of a database server; it refuses to be root."""
        become: list[str] = []
        if os.geteuid() == 0:
            who = pwd.getpwnam("postgres")
            os.chown(self.data, who.pw_uid, who.pw_gid)
            become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        made = [*become, str(program("initdb")), "-D", str(self.data), "-U", "lake", "-A", "trust"]
        subprocess.run(made, check=True, capture_output=True, cwd=self.data)
        listen = f"-clisten_addresses=127.0.0.1 -cport={self.ports['postgres']}".split()
        return [
            *become, str(program("postgres")), "-D", str(self.data), *listen,
            "-cunix_socket_directories=",
        ]  # fmt: skip

    def start(self, *names: str) -> None:
        """Start some servers and wait until they listen."""
        for name in names:
            self.servers[name].start()
        for name in names:
            if port := self.ports.get(name):
                until(lambda port=port: listens(port), seconds=120, what=f"{name}'s start")

    def kill(self, name: str) -> None:
        """Kill one as if its machine were switched off."""
        self.servers[name].kill()

    def behead(self, worker: str) -> list[psutil.Process]:
        """Kill a worker alone; the processes of its pool, which are left to themselves."""
        timeout = psutil.Process(self.servers[worker].process.pid)
        (main,) = timeout.children()
        pool = main.children()
        main.kill()
        return pool

    def is_busy(self, worker: str) -> bool:
        """Whether a worker has begun a task that it has not ended."""
        log = self.servers[worker].log.read_text(errors="replace")
        return log.count("] Task execute_job[") % 2 == 1  # received, succeeded, received ...

    def mend(self) -> list[str]:
        """Start what was started and runs no more, as a supervisor does; its names."""
        gone = [s for s in self.servers.values() if s.process is not None and not s.runs]
        for server in gone:
            server.start()
        return [server.name for server in gone]

    def said(self, name: str) -> str:
        """The end of a server's log."""
        return self.servers[name].log.read_text(errors="replace")[-4000:]


@contextmanager
def cluster(folder: Path, environ: Mapping[str, str], *, workers: int) -> Iterator[Cluster]:
    """A cluster that ends with its block, in the order of dependence."""
    folder.mkdir()
    made = Cluster(folder, environ, workers=workers)
    try:
        yield made
    finally:
        for server in reversed(made.servers.values()):
            server.stop()
        shutil.rmtree(made.data, ignore_errors=True)

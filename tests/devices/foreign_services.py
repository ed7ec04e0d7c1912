"""Printers and spoolers that are not ours, for the slow device tests: ippeveprinter, cupsd, ipptool.

They run as Debian ships them (packages cups, cups-ipp-utils, avahi-daemon, dbus), with folders, sockets and
ports of their own, and end with the tests.  ippeveprinter announces itself by avahi, which wants a system
bus: both are started here on a private bus unless avahi runs already.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.patience import PATIENCE_S

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><deny own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_type="method_return"/><allow send_type="error"/>
<allow receive_type="method_call"/><allow receive_type="method_return"/><allow receive_type="error"/>
<allow receive_type="signal"/><allow own="org.freedesktop.Avahi"/></policy></busconfig>
"""
_SPOOLER = """ServerRoot {folder}/root
StateDir {folder}/run
CacheDir {folder}/cache
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
SystemGroup root
Printcap {folder}/printcap
FileDevice Yes
"""
_OWN_LINES = re.compile(r"^(Listen|Port|Browsing|LogLevel)\b.*$", re.MULTILINE)

needs_services = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("ippeveprinter", "cupsd", "ipptool", "avahi-daemon"))),
    reason="scripts/setup.sh devices, as root",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    ends = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < ends, "the service does not come up"
            time.sleep(0.1)


@contextmanager
def service(
    *command: str, log: Path, env: dict[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is ended with the block."""
    with log.open("ab") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, env={**os.environ, **(env or {})})
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=PATIENCE_S)


@contextmanager
def announcing(folder: Path) -> Iterator[dict[str, str]]:
    """Avahi over D-Bus; yields the environment in which programs find it."""
    running = subprocess.run(["avahi-daemon", "--check"], check=False, capture_output=True).returncode == 0
    if running and Path("/run/dbus/system_bus_socket").is_socket():
        yield {}
        return
    bus, config = folder / "bus", folder / "bus.conf"
    config.write_text(_BUS.format(socket=bus), encoding="utf-8")
    env = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"}
    with ExitStack() as stack:
        options = ("--nofork", "--nopidfile", "--nosyslog")
        stack.enter_context(
            service("dbus-daemon", f"--config-file={config}", *options, log=folder / "bus.log")
        )
        _until(bus.exists)
        avahi = ("avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits")
        stack.enter_context(service(*avahi, log=folder / "avahi.log", env=env))
        _until(lambda: b"startup complete" in (folder / "avahi.log").read_bytes())
        yield env


def _until(true) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, "a service does not come up"
        time.sleep(0.05)


@dataclass
class ForeignPrinter:
    """An ippeveprinter; `spool` keeps what it printed."""

    folder: Path
    env: dict[str, str]
    port: int = field(default_factory=free_port)

    @property
    def line(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def papers(self) -> list[Path]:
        return sorted(self.spool.glob("*.pdf"))

    def web(self, form: str) -> None:
        """One of its web forms: trays and supplies."""
        subprocess.run(
            ["curl", "-sfo", "/dev/null", f"http://localhost:{self.port}/{form}"],
            check=True,
            timeout=PATIENCE_S,
        )


@contextmanager
def foreign_printer(
    folder: Path, env: dict[str, str], script: str = "", formats: str = "application/pdf,image/urf"
) -> Iterator[tuple[ForeignPrinter, "subprocess.Popen[bytes]"]]:
    """An IPP printer of CUPS.  `script`: a shell script each job is given to; its STATE lines are obeyed."""
    folder.mkdir(exist_ok=True)
    printer = ForeignPrinter(folder, env)
    printer.spool.mkdir(exist_ok=True)
    more: tuple[str, ...] = ()
    if script:
        run = folder / "job.sh"
        run.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        run.chmod(0o755)
        more = ("-c", str(run))
    command = (
        "ippeveprinter",
        "-v",
        "-v",
        "-p",
        str(printer.port),
        "-k",
        "-d",
        str(printer.spool),
        "-f",
        formats,
        *more,
    )
    with service(*command, folder.name, log=folder / "log", env=env) as process:
        wait_for(printer.port)
        yield printer, process


@dataclass(frozen=True)
class Spooler:
    """A cupsd with the policy of the distribution."""

    folder: Path
    port: int

    @property
    def pipe(self) -> str:
        return str(self.folder / "run" / "cups.sock")

    def add(self, name: str, device: str, *options: str) -> None:
        subprocess.run(
            ["lpadmin", "-h", self.pipe, "-p", name, "-E", "-v", device, *options], check=True, timeout=60
        )
        if "everywhere" in options:  # asked of the printer in the background: until then nothing can be drawn
            ready, log = f'Printer "{name}" is now available.', self.folder / "log" / "error"
            ends = time.monotonic() + PATIENCE_S
            while ready not in log.read_text(errors="replace"):
                assert time.monotonic() < ends, f"{name} is not made"
                time.sleep(0.05)

    def kept(self) -> list[str]:
        """What lies in its spool: control files c…, documents d…."""
        return sorted(path.name for path in (self.folder / "spool").iterdir() if path.is_file())

    def jobs(self) -> str:
        command = ["lpstat", "-h", self.pipe, "-o"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_S).stdout


@contextmanager
def spooler() -> Iterator[Spooler]:
    """In a folder of its own: its filters run as another user, who may not see those of the tests."""
    with TemporaryDirectory(prefix="cups-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        with _spooling(folder) as found:
            yield found


@contextmanager
def _spooling(folder: Path) -> Iterator[Spooler]:
    for name in ("root", "run", "cache", "spool", "spool/tmp", "log"):
        made = folder / name
        made.mkdir(mode=0o755)
        shutil.chown(made, "lp", "lp")
    (folder / "spool/tmp").chmod(0o1770)
    found = Spooler(folder, free_port())
    policy = _OWN_LINES.sub("", Path("/etc/cups/cupsd.conf").read_text(encoding="utf-8"))
    own = f"Listen localhost:{found.port}\nListen {found.pipe}\nBrowsing Off\nLogLevel info\n"
    (folder / "cupsd.conf").write_text(own + policy, encoding="utf-8")
    (folder / "cups-files.conf").write_text(_SPOOLER.format(folder=folder), encoding="utf-8")
    options = ("-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf"))
    with service("cupsd", *options, log=folder / "out"):
        wait_for(found.port)
        yield found

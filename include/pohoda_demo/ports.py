"""Ports of the demo: chosen by the environment, looked at before anything starts."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from pohoda_demo.errors import DemoError

HOST = "127.0.0.1"
UI = ("DEMO_PORT", 8080)
SANDBOX = ("DEMO_SANDBOX_PORT", 18440)
SANDBOX_PORTS = 7  # mServer, SQL Server, Gram, eWay, the mServer of the second unit and those of last year


@dataclass(frozen=True)
class Ports:
    ui: int
    sandbox: int


def choose(environ: Mapping[str, str]) -> Ports:
    """The ports asked for, all free at this moment. A taken one is an error that names its variable."""
    ports = Ports(ui=_read(environ, *UI), sandbox=_read(environ, *SANDBOX))
    span = range(ports.sandbox, ports.sandbox + SANDBOX_PORTS)
    if ports.ui in span:
        raise DemoError(f"DEMO_PORT={ports.ui} lies in the sandbox's ports {span.start}-{span.stop - 1}.")
    for port, (variable, _) in [(ports.ui, UI), *((port, SANDBOX) for port in span)]:
        if not is_free(port):
            raise DemoError(
                f"Port {port} on {HOST} is taken. End what uses it, or choose another: "
                f"make demo {variable}={port + 1000}"
            )
    return ports


def is_free(port: int) -> bool:
    """Whether a server could listen there now; a port that only waits out old connections counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _read(environ: Mapping[str, str], variable: str, default: int) -> int:
    text = environ.get(variable) or str(default)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535 - SANDBOX_PORTS:
        raise DemoError(f"{variable}={text} is no port: a number from 1024 to {65535 - SANDBOX_PORTS} is needed.")
    return int(text)

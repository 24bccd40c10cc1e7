"""A whole sandbox in one process: a POHODA over mServer and SQL, a Gram CRM, an eWay-CRM, and the faults of all.

Everything it knows lies in its data folder: a second start on the same folder goes on with the same companies,
the same CRMs and the same passwords.
"""

import errno
import fcntl
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

from pohoda_sandbox import units
from pohoda_sandbox.company import Entered, Planted
from pohoda_sandbox.company.entered import Cards
from pohoda_sandbox.credentials import Secrets
from pohoda_sandbox.eway import EWay
from pohoda_sandbox.eway.entered import enter as enter_eway
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped
from pohoda_sandbox.gram.entered import enter as enter_gram
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.mserver import MServer
from pohoda_sandbox.pohoda.tds import TdsServer
from pohoda_sandbox.units import FIRST, FURTHER, HOST, SQL_USER, XML_USER, Opened, Unit

ORGANIZATION, EWAY_USER = "demo", "api"
PORTS = 7
Json = dict[str, Any]
Served = MServer | TdsServer | Gram | EWay


class SandboxError(Exception):
    """The sandbox cannot start; one line for the user says why and what to do."""


class Sandbox:
    """Started by `with` or `start`; then every endpoint serves on loopback and `info` says how to reach it.

    `base_port` N puts mServer on N, TDS on N+1, Gram on N+2, eWay on N+3, the mServer of a second unit on N+4, those of
    last year on N+5 and N+6; 0 takes free ports. `size` and `seed` make the sample companies, `empty` only their code
    lists; `documents` gives each of them two years of documents, each year with its own mServer and database; an
    existing folder keeps the companies it has. `further` names the units beside the first (`obchod`), found in
    `units`; `folder` and `closed_until` are those of `MServer`; `entered` puts what people entered by themselves in
    new CRMs: in Gram beside the first unit, in eWay beside the last one. `level` is Gram's. `say` gets a line of
    progress. Raises SandboxError.
    """

    def __init__(
        self,
        data: Path,
        *,
        size: int = 300,
        seed: int = 1,
        base_port: int = 0,
        empty: bool = False,
        further: Sequence[str] = (),
        entered: bool = False,
        documents: bool = False,
        level: str = "L2",
        folder: Path | None = None,
        closed_until: date | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.data = Path(data).resolve()
        self.faults = Faults()
        self.info: Json = {}
        self.first: Opened
        self.units: dict[str, Opened] = {}
        self.tds: TdsServer
        self.gram: Gram
        self.eway: EWay
        self._size = 0 if empty else size
        self._seed = seed
        self._base_port = base_port
        self._further = [FURTHER[name] for name in further]
        self._entered = entered and not empty
        self._documents = documents
        self._level = level
        self._papers: Json = {"folder": folder, "closed_until": closed_until}
        self._say = say
        self._running = ExitStack()

    @property
    def pohoda(self) -> Pohoda:
        return self.first.pohoda

    @property
    def mserver(self) -> MServer:
        return self.first.mserver

    @property
    def planted(self) -> Planted:
        return self.first.planted

    def start(self) -> "Sandbox":
        with ExitStack() as started:
            self._take_folder(started)
            secrets = Secrets.of(self.data / "secrets.json")
            self._serve(started, secrets)
            self.info = self._describe(secrets)
            self._running = started.pop_all()
        return self

    def stop(self) -> None:
        """Free every port and file; what was stored stays. Harmless when not started."""
        self._running.pop_all().close()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _take_folder(self, started: ExitStack) -> None:
        """Two sandboxes on one folder would each believe that they are the only writer."""
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = started.enter_context((self.data / "lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"{self.data} is in use by another sandbox: end it, or choose another folder with --data"
            raise SandboxError(message) from None
        except OSError as error:
            raise SandboxError(f"{self.data} cannot be used ({error.strerror}): choose another with --data") from None

    def _open(self, started: ExitStack, unit: Unit, seed: int, ports: Sequence[int], password: str) -> Opened:
        """The unit with its years, whose mServers take the ports in turn, the newest first."""
        years, planted = units.company(
            self.data, unit, size=self._size, seed=seed, documents=self._documents, say=self._say
        )
        before: Opened | None = None
        for (one, pohoda), port in reversed(list(zip(years.items(), ports, strict=False))):
            started.callback(pohoda.close)
            mserver = MServer(
                pohoda, self.faults, port=port, users={XML_USER: password}, endpoint=one.endpoint, **self._papers
            )
            before = Opened(one, pohoda, Planted() if one.closed else planted, mserver, before)
        assert before is not None
        return before

    def _serve(self, started: ExitStack, secrets: Secrets) -> None:
        ports = [self._base_port + step if self._base_port else 0 for step in range(PORTS)]
        self.first = self._open(started, FIRST, self._seed, (ports[0], ports[5]), secrets.mserver)
        self.units = {
            unit.name: self._open(started, unit, self._seed + step, (ports[3 + step], ports[5 + step]), secrets.mserver)
            for step, unit in enumerate(self._further, 1)
        }
        every = [self.first, *self.units.values()]
        years = [year for one in every for year in (one, one.last) if year]
        databases = {one.unit.database: one.pohoda.path for one in years}
        self.tds = TdsServer(databases, self.faults, port=ports[1], logins={SQL_USER: secrets.tds})
        if self._entered:
            self._enter(every[-1], secrets)
        self.gram = self._gram(self.data / "gram.db", secrets, ports[2])
        started.callback(self.gram.close)
        self.eway = self._eway(self.data / "eway.db", secrets, ports[3])
        started.callback(self.eway.close)
        servers: dict[str, tuple[Served, int]] = {"mServer": (self.mserver, ports[0])}
        servers |= {"TDS": (self.tds, ports[1]), "Gram": (self.gram, ports[2]), "eWay": (self.eway, ports[3])}
        for place, one in enumerate(every):
            name = f"mServer of {one.unit.name}" if place else "mServer"
            servers[name] = one.mserver, ports[3 + place if place else 0]
            if one.last:
                servers[f"{name} of {one.last.unit.year}"] = one.last.mserver, ports[5 + place]
        for name, (server, port) in servers.items():
            _listen(name, port, server)
            started.callback(server.stop)

    def _gram(self, data: Path, secrets: Secrets, port: int = 0) -> Gram:
        return Gram(
            shipped(),
            self.faults,
            port=port,
            organization=ORGANIZATION,
            token=secrets.gram_token,
            admin_token=secrets.gram_admin,
            password=secrets.gram_password,
            level=self._level,
            data=data,
        )

    def _eway(self, data: Path, secrets: Secrets, port: int = 0) -> EWay:
        return EWay(
            self.faults,
            port=port,
            user=EWAY_USER,
            password=secrets.eway,
            client_secret=secrets.eway_client,
            admin_token=secrets.eway_admin,
            data=data,
        )

    def _enter(self, last: Opened, secrets: Secrets) -> None:
        """What people entered in the CRMs, while their databases are new."""

        def in_gram(data: Path, cards: Cards) -> Iterator[Entered]:
            with closing(self._gram(data, secrets)) as gram:
                yield from enter_gram(gram, cards)

        def in_eway(data: Path, cards: Cards) -> Iterator[Entered]:
            with closing(self._eway(data, secrets)) as eway:
                yield from enter_eway(eway, cards)

        for opened, crm, enter in ((self.first, "gram", in_gram), (last, "eway", in_eway)):
            opened.planted = units.entered(self.data, opened, crm, seed=self._seed, enter=enter)

    def _describe(self, secrets: Secrets) -> Json:
        login = {"server": HOST, "port": self.tds.port, "user": SQL_USER, "password": secrets.tds}
        info: Json = {
            **self.first.describe(secrets.mserver, login),
            "gram": {"url": self.gram.url, "token": self.gram.token, "admin": self.gram.admin_token},
            "eway": self._describe_eway(secrets),
            "units": {name: one.describe(secrets.mserver, login) for name, one in self.units.items()},
            "data": str(self.data),
        }
        return {**info, "env": self._env(info)}

    def _describe_eway(self, secrets: Secrets) -> Json:
        return {
            "url": self.eway.url,
            "user": EWAY_USER,
            "password": secrets.eway,
            "client_id": self.eway.client_id,
            "client_secret": secrets.eway_client,
            "admin": self.eway.admin_token,
        }

    def _env(self, info: Json) -> dict[str, str]:
        """The variables with which the product works against this sandbox, connections in Airflow's JSON form."""
        gram, eway = info["gram"], info["eway"]
        crm = {"conn_type": "http", "host": self.gram.host_url, "password": gram["token"]}
        connections = self.first.connections(info)
        for name, one in self.units.items():
            connections |= one.connections(info["units"][name])
        connections |= {
            "GRAM_API": {**crm, "extra": {"organization": ORGANIZATION}},
            "EWAY_API": {"conn_type": "http", "host": eway["url"], "login": EWAY_USER, "password": eway["password"]},
        }
        variables = {f"AIRFLOW_CONN_{name}": json.dumps(value) for name, value in connections.items()}
        return variables | {
            "POHODA_BRIDGE_LEDGER": f"sqlite:///{self.data / 'ledger.db'}",
            "POHODA_BRIDGE_STORE": str(self.data / "store"),
        }


def _listen(name: str, port: int, server: Served) -> None:
    try:
        server.start()
    except OSError as error:
        reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        advice = "end what uses it, or choose other ports with --base-port (it takes N to N+6)"
        raise SandboxError(f"Port {port} for {name} on {HOST} {reason}: {advice}") from None

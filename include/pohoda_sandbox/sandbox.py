"""A whole sandbox in one process: a POHODA over mServer and SQL, a Gram CRM, an eWay-CRM, and the faults of all.

Everything it knows lies in its data folder: a second start on the same folder goes on with the same company,
the same CRMs and the same passwords.
"""

import errno
import fcntl
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pohoda_sandbox.company import Dirt, Planted, fill
from pohoda_sandbox.credentials import Secrets
from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.mserver import MServer
from pohoda_sandbox.pohoda.tds import TdsServer

HOST = "127.0.0.1"
ICO, YEAR, COMPANY = "12345678", 2026, "Vzorová firma, s.r.o."
DATABASE = f"StwPh_{ICO}_{YEAR}"
XML_USER, SQL_USER, ORGANIZATION, EWAY_USER = "api", "pohoda_ro", "demo", "api"
Json = dict[str, Any]
Served = MServer | TdsServer | Gram | EWay


class SandboxError(Exception):
    """The sandbox cannot start; one line for the user says why and what to do."""


class Sandbox:
    """Started by `with` or `start`; then every endpoint serves on loopback and `info` says how to reach it.

    `base_port` N puts mServer on N, TDS on N+1, Gram on N+2 and eWay on N+3; 0 takes free ports. `size` and `seed` make
    the sample company, `empty` only its code lists; an existing folder keeps the company it has. `level` is Gram's.
    `say` gets a line of progress. Raises SandboxError.
    """

    def __init__(
        self,
        data: Path,
        *,
        size: int = 300,
        seed: int = 1,
        base_port: int = 0,
        empty: bool = False,
        level: str = "L2",
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.data = Path(data).resolve()
        self.faults = Faults()
        self.planted = Planted()
        self.info: Json = {}
        self.pohoda: Pohoda
        self.mserver: MServer
        self.tds: TdsServer
        self.gram: Gram
        self.eway: EWay
        self._size = 0 if empty else size
        self._seed = seed
        self._base_port = base_port
        self._level = level
        self._say = say
        self._running = ExitStack()

    def start(self) -> "Sandbox":
        with ExitStack() as started:
            self._take_folder(started)
            secrets = Secrets.of(self.data / "secrets.json")
            self.pohoda = self._company()
            started.callback(self.pohoda.close)
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

    def _company(self) -> Pohoda:
        """The unit of the folder; a filling that was broken off is begun anew."""
        path, planted = self.data / f"{DATABASE}.db", self.data / "planted.json"
        if path.exists():
            self.planted = _planted(json.loads(planted.read_text(encoding="utf-8")))
            self._say(f"Going on with the company in {self.data}.")
            return Pohoda(path)
        part = path.with_suffix(".part")
        for rest in self.data.glob(f"{part.name}*"):
            rest.unlink()
        self._say(f"Filling a company with {self._size} companies in its address book ...")
        pohoda = Pohoda.create(part, ico=ICO, year=YEAR, company=COMPANY)
        try:
            self.planted = fill(pohoda, size=self._size, seed=self._seed)
        finally:
            pohoda.close()
        planted.write_text(json.dumps(asdict(self.planted), ensure_ascii=False), encoding="utf-8")
        part.rename(path)
        return Pohoda(path)

    def _serve(self, started: ExitStack, secrets: Secrets) -> None:
        ports = [self._base_port + step if self._base_port else 0 for step in range(4)]
        self.mserver = MServer(self.pohoda, self.faults, port=ports[0], users={XML_USER: secrets.mserver})
        self.tds = TdsServer({DATABASE: self.pohoda.path}, self.faults, port=ports[1], logins={SQL_USER: secrets.tds})
        self.gram = Gram(
            shipped(),
            self.faults,
            port=ports[2],
            organization=ORGANIZATION,
            token=secrets.gram_token,
            admin_token=secrets.gram_admin,
            password=secrets.gram_password,
            level=self._level,
            data=self.data / "gram.db",
        )
        started.callback(self.gram.close)
        self.eway = EWay(
            self.faults,
            port=ports[3],
            user=EWAY_USER,
            password=secrets.eway,
            client_secret=secrets.eway_client,
            admin_token=secrets.eway_admin,
            data=self.data / "eway.db",
        )
        started.callback(self.eway.close)
        servers: dict[str, Served] = {"mServer": self.mserver, "TDS": self.tds, "Gram": self.gram, "eWay": self.eway}
        for (name, server), port in zip(servers.items(), ports, strict=True):
            _listen(name, port, server)
            started.callback(server.stop)

    def _describe(self, secrets: Secrets) -> Json:
        info: Json = {
            "mserver": {"url": self.mserver.url, "user": XML_USER, "password": secrets.mserver, "ico": ICO},
            "tds": {
                "server": HOST,
                "port": self.tds.port,
                "database": DATABASE,
                "user": SQL_USER,
                "password": secrets.tds,
            },
            "gram": {"url": self.gram.url, "token": self.gram.token, "admin": self.gram.admin_token},
            "eway": self._describe_eway(secrets),
            "units": {},
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
        mserver, tds, gram, eway = (info[name] for name in ("mserver", "tds", "gram", "eway"))
        sql = {"conn_type": "odbc", "host": HOST, "port": tds["port"], "schema": DATABASE, "login": tds["user"]}
        xml = {"conn_type": "http", "host": mserver["url"], "login": XML_USER, "password": mserver["password"]}
        crm = {"conn_type": "http", "host": self.gram.host_url, "password": gram["token"]}
        connections = {
            f"POHODA_SQL_{YEAR}": {**sql, "password": tds["password"], "extra": {"driver": "FreeTDS"}},
            f"POHODA_MSERVER_{YEAR}": {**xml, "extra": {"ico": ICO}},
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
        advice = "end what uses it, or choose other ports with --base-port (it takes N to N+3)"
        raise SandboxError(f"Port {port} for {name} on {HOST} {reason}: {advice}") from None


def _planted(document: Json) -> Planted:
    entries = tuple(Dirt(**{**entry, "group": tuple(entry["group"])}) for entry in document["entries"])
    return Planted(entries=entries, companies=document["companies"])

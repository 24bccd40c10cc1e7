"""Connections by Airflow's id. Without Airflow they come from `AIRFLOW_CONN_<ID>`, in Airflow's JSON or URI form."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.redact import keep_secret


@dataclass(frozen=True)
class Connection:
    """Where a side is and who we are there. The password never shows in a repr."""

    id: str
    host: str
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        keep_secret(self.password)


Connections = Callable[[str], Connection]


def from_environment(connection_id: str) -> Connection:
    """The connection in `AIRFLOW_CONN_<ID>`; StopAgenda says which variable to set when there is none."""
    name = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(name)
    if not text:
        raise StopAgenda(
            f"connection {connection_id!r} is not known: set {name}, or add it in Airflow under Admin / Connections"
        )
    try:
        return _from_json(connection_id, text) if text.lstrip().startswith("{") else _from_uri(connection_id, text)
    except (ValueError, AttributeError) as error:
        raise StopAgenda(f"{name} holds neither Airflow's JSON nor its URI form of a connection") from error


def _from_json(connection_id: str, text: str) -> Connection:
    data = json.loads(text)
    extra = data.get("extra") or {}
    return Connection(
        id=connection_id,
        host=data.get("host") or "",
        port=int(data["port"]) if data.get("port") else None,
        login=data.get("login"),
        password=data.get("password"),
        schema=data.get("schema"),
        extra=json.loads(extra) if isinstance(extra, str) else extra,
    )


def _from_uri(connection_id: str, text: str) -> Connection:
    parts = urlsplit(text)
    extra = dict(parse_qsl(parts.query))
    whole = json.loads(extra["__extra__"]) if "__extra__" in extra else extra
    return Connection(
        id=connection_id,
        host=unquote(parts.hostname or ""),
        port=parts.port,
        login=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        schema=unquote(parts.path.lstrip("/")) or None,
        extra=whole,
    )

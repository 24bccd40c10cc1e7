"""Which method a path asks for: three services under any path, the sign-in pages and the probe of the version."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SERVICES = ("API.svc", "InsecureAPI.svc", "WcfService/Service.svc")
LEGACY = SERVICES[2].lower()
SERVICE = re.compile(rf"(?P<ws>/.*?)?/(?P<service>{'|'.join(map(re.escape, SERVICES))})/(?P<method>\w+)/?", re.I)
CONNECT = re.compile(r"(?P<ws>/.*?)?/auth/connect/(?P<method>authorize|token|introspect)", re.I)
INFO = re.compile(r"(?P<ws>/.*?)?/eWayWS\.asmx/(?P<method>GetInfo)", re.I)


@dataclass(frozen=True)
class Route:
    """`kind`: service, legacy, connect or info; `ws`: the path before it, which is the customer's."""

    kind: str
    ws: str
    method: str


def route(target: str) -> Route | None:
    path = unquote(urlsplit(target).path)
    for kind, pattern in (("service", SERVICE), ("connect", CONNECT), ("info", INFO)):
        if found := pattern.fullmatch(path):
            legacy = kind == "service" and found["service"].lower() == LEGACY
            method = found["method"].lower() if kind == "connect" else found["method"]
            return Route("legacy" if legacy else kind, found["ws"] or "", method)
    return None

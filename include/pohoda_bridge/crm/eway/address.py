"""Where the web service is: its URL out of a connection, and the services below it in the order they are tried."""

from urllib.parse import urlsplit

from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway.api import EwayApi
from pohoda_bridge.crm.transport import host_url

SERVICE = ".svc"


def web_service(connection: Connection) -> str:
    """The customer's URL without a slash at its end. A path may stand in the host or in extra's `path`."""
    path = str(connection.extra.get("path") or "").strip("/")
    return "/".join(filter(None, (host_url(connection), path)))


def services(api: EwayApi, connection: Connection) -> list[str]:
    """The URLs that calls go to; a URL that names a service already is used as it is."""
    url = web_service(connection)
    if url.casefold().endswith(SERVICE):
        return [url]
    own = api.services.http if urlsplit(url).scheme == "http" else api.services.https
    return [f"{url}/{own}", f"{url}/{api.services.legacy}"]

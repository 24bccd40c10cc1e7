"""Servers whose port is free the moment they are closed."""

import contextlib
import logging
import socket
import socketserver
import sys
from typing import Any


class Listening(socketserver.ThreadingMixIn):
    """A thread for each connection; closing the server ends the open connections too."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[misc]

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no error of the server's; what else goes wrong is logged."""
        if not isinstance(sys.exception(), OSError):
            logging.getLogger(__name__).exception("request failed")

"""Servers on loopback whose port is free the moment they end."""

import contextlib
import logging
import socket
import sys
import threading
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from typing import Any

HOST = "127.0.0.1"


class Listening(ThreadingMixIn, TCPServer):
    """Listens from the start, port 0 takes a free one; serves from `begin` on, with a thread for each connection.

    Raises OSError when the port is taken.
    """

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, handler: type[BaseRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        super().__init__((HOST, port), handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Free the port and end every open connection."""
        self._ending.set()
        with contextlib.suppress(OSError):  # it waits for a client, so one comes
            socket.create_connection((HOST, self.port), timeout=5).close()
        self._thread.join()
        self.server_close()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while not self._ending.is_set():
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self._ending.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are no error of the server's; what else goes wrong is logged."""
        if not isinstance(sys.exception(), OSError):
            logging.getLogger(__name__).exception("request failed")

"""A wire to a server, which can fall silent as a network does: it neither refuses nor answers."""

import socket
from contextlib import suppress
from threading import Thread


class Wire:
    """Leads to ``host:port`` from a port of its own, until ``silent`` is set."""

    def __init__(self, target: str, port: int = 0) -> None:
        host, _, target_port = target.rpartition(":")
        self._target = (host, int(target_port))
        self._listening = socket.create_server(("127.0.0.1", port))
        self._open = [self._listening]
        self.silent = False
        Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def close(self) -> None:
        for each in self._open:
            with suppress(OSError):  # the other side was faster
                each.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for it
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self._open += [near, far]
            for ends in ((near, far), (far, near)):
                Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, start: socket.socket, end: socket.socket) -> None:
        try:
            while data := start.recv(65_536):
                if not self.silent:
                    end.sendall(data)
            end.shutdown(socket.SHUT_WR)
        except OSError:
            return

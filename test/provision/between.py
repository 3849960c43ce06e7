"""Somebody on the way of the bytes between a tenant and a Keep, such as the host."""
import pathlib
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403


class Between:
    """Counts what passes, may keep it or cut it. Where the Keep is gone, it is gone, too."""

    def __init__(self, name, to, cut=None):
        """`to`: a path, or the port of a host on this machine. `cut`: ("up" or "down", so many bytes of the tenant or of the Keep): these pass, and no more on that connection; once."""
        self.path, self.to, self.cut_at = scratch(name), to, cut
        self.family = socket.AF_INET if isinstance(to, int) else socket.AF_UNIX
        self.up = self.down = 0
        self.borders = {"up": [], "down": []}  # of TLS records; a frame ends at one
        self.recorded = []
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.socket(self.family)
        self.listener.bind(("127.0.0.1", 0) if isinstance(to, int) else str(self.path))
        self.listener.listen(8)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}" if isinstance(to, int) else ""
        self.pairs = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                tenant, _ = self.listener.accept()
            except OSError:
                return
            there = socket.socket(self.family)
            try:
                there.connect(("127.0.0.1", self.to) if isinstance(self.to, int) else str(self.to))
            except OSError:
                self.listener.close()
                self.path.unlink(missing_ok=True)
                tenant.close()
                return
            self.pairs.append((tenant, there))
            threading.Thread(target=self._pump, args=(tenant, there, "up"), daemon=True).start()
            threading.Thread(target=self._pump, args=(there, tenant, "down"), daemon=True).start()

    def _pump(self, source, sink, way):
        framed = b""  # of a record that has not passed whole
        try:
            while data := source.recv(65536):
                cut, data = self._take(way, data)
                if way == "up":
                    self.recorded.append(data)
                framed = self._find_borders(way, framed + data)
                sink.sendall(data)
                if cut:
                    break
        except OSError:
            pass
        _end(source, sink)

    def _take(self, way, data):
        """Whether it is cut here, and what passes."""
        with self.lock:
            before = getattr(self, way)
            cut = self.cut_at is not None and self.cut_at[0] == way and before + len(data) >= self.cut_at[1]
            if cut:
                data = data[:self.cut_at[1] - before]
                self.cut_at = None
                self.cuts += 1
            setattr(self, way, before + len(data))
            return cut, data

    def _find_borders(self, way, framed):
        while len(framed) >= 5 and len(framed) >= 5 + int.from_bytes(framed[3:5], "big"):
            framed = framed[5 + int.from_bytes(framed[3:5], "big"):]
            self.borders[way].append(getattr(self, way) - len(framed))
        return framed

    def cut(self):
        for pair in self.pairs:
            _end(*pair)
        self.pairs.clear()

    def close(self):
        self.listener.close()
        self.cut()


def _end(*sockets):
    for each in sockets:
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

"""The host of the demonstration: stands before `enarx serve`, sees every byte that passes, records it, and tampers where it is told to."""
import re, socket, ssl, threading


def pump(source, sink, seen=None, change=None):
    """Carries bytes one way until there are no more; what passes is seen, and may be changed."""
    try:
        while data := source.recv(1 << 16):
            if seen is not None:
                seen.append(data)
            sink.sendall(change(data) if change else data)
    except OSError:
        pass
    for end in (sink, source):
        try:
            end.shutdown(socket.SHUT_WR if end is sink else socket.SHUT_RD)
        except OSError:
            pass


class Inner:
    """TLS inside of a connection that carries TLS already: one end of it, for who stands in the middle."""

    def __init__(self, outer, context, server_side):
        self.outer, self.into, self.out = outer, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.into, self.out, server_side=server_side)
        self.lock = threading.Lock()

    def _flush(self):
        if data := self.out.read():
            self.outer.sendall(data)

    def _step(self, action):
        while True:
            try:
                with self.lock:
                    try:
                        return action()
                    finally:
                        self._flush()
            except ssl.SSLWantReadError:
                data = self.outer.recv(1 << 16)
                if not data:
                    raise OSError("over")
                with self.lock:
                    self.into.write(data)

    def handshake(self):
        self._step(self.tls.do_handshake)

    def recv(self, size):
        try:
            return self._step(lambda: self.tls.read(size))
        except (ssl.SSLError, OSError):
            return b""

    def sendall(self, data):
        self._step(lambda: self.tls.write(data))

    def shutdown(self, _how):
        self.outer.shutdown(socket.SHUT_WR)


class Host:
    """Listens at `address`, in front of `behind`. `attack`: None, "relay", "other-keep", "flip"."""

    def __init__(self, address, behind, certificate, key):
        self.behind, self.attack, self.other_keep = behind, None, None
        self.recording = []  # all that has passed, both ways, after the host's own TLS was taken off
        self.files = (certificate, key)
        self.outer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.outer.load_cert_chain(certificate, key)
        self.listener = socket.create_server(address)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self._guest, args=(client,), daemon=True).start()

    def _guest(self, client):
        try:
            client = self.outer.wrap_socket(client, server_side=True)
            server = socket.create_connection(self.behind)
        except OSError:
            return
        threading.Thread(target=pump, args=(server, client, self.recording, self._from_keep()), daemon=True).start()
        head = client.recv(1 << 16)
        self.recording.append(head)
        channel = re.match(rb"GET /v1/keeps/([0-9a-f]+)/channel ", head)
        if channel and self.attack == "other-keep":
            head = head.replace(channel.group(1), self.other_keep.encode())
        if channel and self.attack == "relay":
            return self._relay(client, head)
        server.sendall(head)
        pump(client, server, self.recording)

    def _from_keep(self):
        """Flips a bit of what the Keep sends, once it has sent enough to be in the middle of it."""
        if self.attack != "flip":
            return None
        state = {"seen": 0, "upgraded": False}

        def change(data):
            state["upgraded"] |= b"101 Switching" in data
            if not state["upgraded"]:
                return data
            state["seen"] += len(data)
            if 600 < state["seen"] and len(data) > 200:
                return data[:-50] + bytes([data[-50] ^ 1]) + data[-49:]
            return data

        return change

    def _relay(self, client, head):
        """Two connections of TLS, one to the tenant and one to the Keep, and everything carried from one to the other."""
        server = socket.create_connection(self.behind)
        server.sendall(head)
        answer = server.recv(1 << 16)
        client.sendall(answer)
        towards_keep = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        towards_keep.check_hostname, towards_keep.verify_mode = False, ssl.CERT_NONE
        towards_tenant = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        towards_tenant.load_cert_chain(*self.files)
        try:
            tenant, keep = Inner(client, towards_tenant, True), Inner(server, towards_keep, False)
            tenant.handshake()
            keep.handshake()
        except OSError:
            return
        read = []  # in the open: this is what the relay gets to see
        self.relayed = read
        threading.Thread(target=pump, args=(keep, tenant, read), daemon=True).start()
        pump(tenant, keep, read)

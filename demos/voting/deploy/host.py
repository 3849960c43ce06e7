"""The host between the voters and the Keep: carries every byte, records it, and deceives where it is told to."""
import socket
import ssl
import threading

READY = "enarx-ready/1"  # the protocol by which a user asks a Keep what it runs


def pump(source, sink, seen):
    """Carries bytes one way until there are no more."""
    try:
        while data := source.recv(1 << 16):
            seen.append(data)
            sink.sendall(data)
    except OSError:
        pass
    for end in (sink, source):
        try:
            end.shutdown(socket.SHUT_WR if end is sink else socket.SHUT_RD)
        except OSError:
            pass


class Network:
    """Where the voters find the election. `towards(port)`: whom they reach there; with `own_tls`, over TLS that ends at the host."""

    def __init__(self, port, keep):
        self.port, self.recording = port, []
        self.towards(keep)
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def towards(self, keep, own_tls=None):
        self.keep, self.own_tls = keep, own_tls

    def _serve(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        try:
            with client, socket.create_connection(("127.0.0.1", self.keep)) as server:
                if self.own_tls:
                    client, server = self._both_ends(client, server)
                back = threading.Thread(target=pump, args=(server, client, self.recording), daemon=True)
                back.start()
                pump(client, server, self.recording)
                back.join()
        except OSError:
            pass

    def _both_ends(self, client, server):
        front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        front.load_cert_chain(*self.own_tls)
        front.set_alpn_protocols([READY])
        back = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        back.check_hostname, back.verify_mode = False, ssl.CERT_NONE
        client = front.wrap_socket(client, server_side=True)
        if client.selected_alpn_protocol():
            back.set_alpn_protocols([READY])
        return client, back.wrap_socket(server)

    def close(self):
        self.listener.close()

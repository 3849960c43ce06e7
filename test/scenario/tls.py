#!/usr/bin/env python3
"""TLS that ends inside the Keep, with Python's ssl (OpenSSL) as the other side."""
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403
from network import Authority, connected, echo, entry, free_port, listen, start_server  # noqa: E402


def trusting(authority=None, alpn=()):
    context = ssl.create_default_context(cafile=str(authority.path) if authority else None)
    if not authority:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def secure(port, context=None, name="localhost"):
    sock = connected(port)
    try:
        return (context or trusting()).wrap_socket(sock, server_hostname=name)
    except BaseException:
        sock.close()
        raise


def certified(authority, **keys):
    certificate, key = authority.issue("server")
    return {"certificate": certificate.read_text(), "private_key": key.read_text(), **keys}


@story("an echo server over TLS 1.3, its key made in the Keep", ours=True)
def echo_server():
    port = free_port()
    server = start_server("echo_server", listen("tls", port), 1)
    with secure(port) as client:
        equal(client.version(), "TLSv1.3")
        for size in (1, 64, 16384, 16385, 65536):
            echo(client, os.urandom(size))
        client.unwrap()
    succeeded(finish(server, 10))


@story("tls is what an entry speaks that does not say", ours=True)
def default():
    port = free_port()
    start_server("echo_server", f'[[files]]\nkind = "listen"\nname = "ingest"\naddr = "127.0.0.1"\nport = {port}\n')
    with secure(port) as client:
        echo(client, b"tls")


@story("TLS 1.2 and older are refused", ours=True)
def old_versions():
    port = free_port()
    start_server("echo_server", listen("tls", port))
    context = trusting()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        with secure(port, context):
            raise Failed("TLS 1.2 was accepted")
    except ssl.SSLError:
        pass
    with secure(port) as client:
        echo(client, b"still there")


@story("the self-signed certificate has a subject alternative name, is valid now, and is a new one at each start", ours=True)
def self_signed():
    port = free_port()
    seen = []
    for _ in range(2):
        server = start_server("echo_server", listen("tls", port), 1)
        with secure(port) as client:
            seen.append(client.getpeercert(binary_form=True))
            echo(client, b"x")
        finish(server, 10)
    true(seen[0] != seen[1], "the same certificate twice")
    write("cert.der", seen[0])
    text = subprocess.run(["openssl", "x509", "-inform", "DER", "-in", str(scratch("cert.der")), "-noout", "-text",
                           "-checkend", "0"], capture_output=True, text=True, check=True).stdout
    contains(text, "Subject Alternative Name", "will not expire")


@story("a certificate of the configuration is presented, and a client that checks it is content", ours=True)
def own_certificate():
    port = free_port()
    authority = Authority()
    start_server("echo_server", listen("tls", port, **certified(authority)))
    with secure(port, trusting(authority)) as client:
        echo(client, b"trusted")


@story("ALPN: the first of the server's protocols that the client has, too", ours=True)
def alpn():
    port = free_port()
    start_server("echo_server", listen("tls", port, alpn=["h2", "http/1.1"]))
    with secure(port, trusting(alpn=["http/1.1", "h2"])) as client:
        equal(client.selected_alpn_protocol(), "h2")
    with secure(port, trusting(alpn=["http/1.1"])) as client:
        equal(client.selected_alpn_protocol(), "http/1.1")
    with secure(port) as client:
        equal(client.selected_alpn_protocol(), None)
        echo(client, b"no protocol named")


@story("clients without a certificate are refused where one is asked for", ours=True)
def mutual():
    port = free_port()
    authority, stranger = Authority(), Authority("Another CA")
    keys = certified(authority, client_certificate=True, authorities=[authority.text])
    start_server("echo_server", listen("tls", port, **keys))

    good = trusting(authority)
    good.load_cert_chain(*map(str, authority.issue("client")))
    with secure(port, good) as client:
        echo(client, b"known")
    bad = trusting(authority)
    bad.load_cert_chain(*map(str, stranger.issue("unknown")))
    for context in (trusting(authority), bad):
        try:
            with secure(port, context) as client:
                client.sendall(b"x")  # in TLS 1.3 the client hears of the refusal when it reads
                equal(client.recv(1), b"", "an answer to a client without the right certificate")
        except (ssl.SSLError, ConnectionError):
            pass
    with secure(port, good) as client:
        echo(client, b"still there")


@story("the end of a connection is a close_notify, not a cut", ours=True)
def close_notify():
    port = free_port()
    server = start_server("http_server", listen("tls", port), 1)
    client = secure(port)
    client.sendall(b"POST /echo HTTP/1.1\r\nContent-Length: 99999\r\n\r\n")  # too long: the server hangs up
    try:
        equal(client.recv(100), b"")  # a cut would be an SSLEOFError: ragged ends are not suppressed below
        client.unwrap()
    except (ConnectionResetError, BrokenPipeError):
        pass
    succeeded(finish(server, 10))

    server = start_server("echo_server", listen("tls", port), 1)
    context = trusting()
    sock = connected(port)
    client = context.wrap_socket(sock, suppress_ragged_eofs=False)
    echo(client, b"x")
    client.unwrap()  # ends only when the other side has answered with its own close_notify
    succeeded(finish(server, 10))


@story("clients that stop in the middle of the handshake, or speak no TLS, do not hold up the others", ours=True, seconds=90)
def hostile():
    port = free_port()
    start_server("echo_server", listen("tls", port))
    held = [connected(port) for _ in range(20)]
    for number, sock in enumerate(held):
        sock.sendall((b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\n\r\n", b"\x80" * 100)[number % 5])
    started = time.monotonic()
    for _ in range(10):
        with secure(port) as client:
            echo(client, b"quick")
    took = time.monotonic() - started
    for sock in held:
        sock.close()
    true(took < 5 * PATIENCE, f"ten clients took {took:.1f} s")


@story("a client that does not read does not hold up the others", ours=True)
def slow_reader():
    port = free_port()
    start_server("echo_server", listen("tls", port))
    with secure(port) as slow:
        slow.setblocking(False)
        try:
            for _ in range(300):
                slow.send(b"x" * 16384)
        except ssl.SSLWantWriteError:
            pass
        started = time.monotonic()
        for _ in range(10):
            with secure(port) as client:
                echo(client, b"quick")
        true(time.monotonic() - started < 5 * PATIENCE, "the quick clients had to wait")


@story("a server that closes does not wait for clients that do not read, and they still get all of it and its end", ours=True, seconds=60)
def leaving():
    port = free_port()
    most = 10 if ALL else 4
    server = start_server("leaving_server", listen("tls", port), most)
    context = trusting()
    clients, told = [], []
    started = time.monotonic()
    for _ in range(most):
        sock = connected(port)
        clients.append(context.wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False))
        told.append(int(server.stdout.readline()))
    took = time.monotonic() - started
    if MODEL and took > 15:
        skip(f"on this model, here and now, closing {most} connections took {took:.0f} s; after 30 s a Keep gives up what it has not sent")
    true(took < 5 * PATIENCE, f"closing {most} connections took {took:.1f} s")
    for client, sent in zip(clients[:3], told):
        client.settimeout(5 * PATIENCE)
        got = 0
        while part := client.recv(65536):  # a cut would be an SSLEOFError
            got += len(part)
        equal(got, sent, "bytes until the close_notify")
    succeeded(finish(server, 20))


@story("poll sees what TLS has already decrypted", ours=True)
def pending():
    port = free_port()
    server = start_server("http_server", listen("tls", port), 1)
    with secure(port) as client:
        # Far more requests in one record than the guest reads at a time.
        client.sendall(b"GET / HTTP/1.1\r\n\r\n" * 800)
        answers = b""
        while answers.count(b"Hello from WebAssembly\n") < 800:
            part = client.recv(65536)
            true(part, f"only {answers.count(b'Hello')} answers")
            answers += part
    succeeded(finish(server, 10))


@story("half a megabyte through TLS in both directions at once", ours=True)
def both_directions():
    port = free_port()
    start_server("echo_server", listen("tls", port))
    data = os.urandom(500_000)
    with secure(port) as client:
        client.settimeout(15 * PATIENCE)
        sent = received = 0
        back = b""
        while received < len(data):
            if sent < len(data) and sent - received < 60_000:
                sent += client.send(data[sent:sent + 16384])
            else:
                part = client.recv(65536)
                true(part, "the connection ended")
                back += part
                received = len(back)
        true(back == data, "the echo differs")


class Server(threading.Thread):
    """Python's ssl as the server of one connection; remembers what it saw."""

    def __init__(self, certificate, alpn=(), authority=None):
        super().__init__()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*map(str, certificate))
        if alpn:
            self.context.set_alpn_protocols(list(alpn))
        if authority:
            self.context.load_verify_locations(str(authority.path))
            self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.sni_callback = lambda _socket, name, _context: setattr(self, "asked_for", name)
        self.asked_for = self.protocol = self.error = self.client = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        self.listener.settimeout(15 * PATIENCE)
        try:
            with self.context.wrap_socket(self.listener.accept()[0], server_side=True, suppress_ragged_eofs=False) as peer:
                self.protocol, self.client = peer.selected_alpn_protocol(), peer.getpeercert()
                data = b""
                while part := peer.recv(1000):
                    data += part
                peer.sendall(data.upper())
                peer.unwrap()  # close_notify: an end without it is a cut, which the application sees as an error
        except OSError as error:
            self.error = error
        finally:
            self.listener.close()


def talk(server, host="localhost", **keys):
    config = write("Enarx.toml", entry("connect", "server", prot="tls", host=host, port=server.port, **keys))
    outcome = run("client", options=["--config", config], stdin=b"hello over tls")
    server.join()
    return outcome


@story("a client checks the server's certificate against the authorities of its entry", ours=True)
def client():
    authority = Authority()
    server = Server(authority.issue("server"))
    succeeded(talk(server, authorities=[authority.text]), "HELLO OVER TLS")
    equal(server.asked_for, "localhost", "the name asked for (SNI)")
    equal(server.error, None)


@story("a client says its protocols, its name for the server, and shows its certificate", ours=True)
def client_details():
    authority = Authority()
    certificate, key = authority.issue("client")
    server = Server(authority.issue("server", "DNS:inner.example"), alpn=["echo/1"], authority=authority)
    succeeded(talk(server, host="127.0.0.1", server_name="inner.example", alpn=["other", "echo/1"],
                   authorities=[authority.text], certificate=certificate.read_text(), private_key=key.read_text()),
              "HELLO OVER TLS")
    equal((server.asked_for, server.protocol), ("inner.example", "echo/1"))
    true(server.client, "the server saw no certificate")


@story("a server with a certificate of another authority, another name, or out of its time is refused", ours=True)
def refused_servers():
    authority, stranger = Authority(), Authority("Another CA")
    refused(talk(Server(stranger.issue("server")), authorities=[authority.text]), 125, name="tls-certificate-untrusted")
    refused(talk(Server(authority.issue("server", "DNS:other.example")), authorities=[authority.text]), 125,
            name="tls-name-mismatch")
    refused(talk(Server(authority.issue("server", days=-1)), authorities=[authority.text]), 125,
            name="tls-certificate-expired")


@story("a server that speaks no TLS, or only an old one, is refused", ours=True)
def no_tls():
    authority = Authority()
    old = Server(authority.issue("server"))
    old.context.maximum_version = ssl.TLSVersion.TLSv1_2
    refused(talk(old, authorities=[authority.text]), 125)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        threading.Thread(target=lambda: plain.accept()[0].sendall(b"220 mail.example ESMTP\r\n"), daemon=True).start()
        config = write("Enarx.toml", entry("connect", "server", prot="tls", host="127.0.0.1", port=plain.getsockname()[1],
                                           authorities=[authority.text]))
        refused(run("client", options=["--config", config]), 125)


@story("session tickets are off unless asked for", ours=True)
def tickets():
    port = free_port()
    for asked in (False, True):
        server = start_server("echo_server", listen("tls", port, session_tickets=asked), 1)
        with secure(port) as client:
            echo(client, b"x")
            session = client.session
        equal(bool(session and session.has_ticket), asked, "a ticket")
        finish(server, 10)


main()

#!/usr/bin/env python3
"""The other end of TLS connections in tests, by Python's ssl module (OpenSSL): tls_peer.py STORY [OPTIONS]; exit status 0: as told."""
import argparse, contextlib, os, select, socket, ssl, sys, threading

parser = argparse.ArgumentParser()
parser.add_argument("story")
parser.add_argument("--port", type=int)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--name", default="localhost")
parser.add_argument("--ca")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--alpn")
parser.add_argument("--size", type=int, default=0)
parser.add_argument("--count", type=int, default=0)
option = parser.parse_args()


def context(side=ssl.PROTOCOL_TLS_CLIENT):
    made = ssl.SSLContext(side)
    if option.ca:
        made.load_verify_locations(option.ca)
    if option.cert:
        made.load_cert_chain(option.cert, option.key)
    if option.alpn:
        made.set_alpn_protocols(option.alpn.split(","))
    return made


def connect(made=None):
    plain = socket.create_connection((option.host, option.port), timeout=20)
    return (made or context()).wrap_socket(plain, server_hostname=option.name, suppress_ragged_eofs=False)


def exactly(stream, size):
    got = bytearray()
    while len(got) < size:
        more = stream.recv(size - len(got))
        assert more, f"end after {len(got)} of {size} bytes"
        got += more
    return bytes(got)


def echo():
    """Sends `size` random bytes and wants them back, then an orderly end."""
    sent, got = os.urandom(option.size), bytearray()
    left = memoryview(sent)
    with connect() as stream:
        assert stream.version() == "TLSv1.3"
        stream.setblocking(False)  # one thread for both directions: an SSL object bears no second one
        while len(got) < len(sent):
            with contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
                left = left[stream.send(left[:100000]):] if left else left
            with contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
                more = stream.recv(100000)
                assert more, f"end after {len(got)} of {len(sent)} bytes"
                got += more
                continue
            select.select([stream], [stream] if left else [], [], 20)
        assert got == sent
        stream.settimeout(20)
        stream.unwrap()


def many():
    """`count` clients: all shake hands before the first says anything."""
    ready, failures = threading.Barrier(option.count), []

    def one(number):
        try:
            made = context()
            with connect(made) as stream:
                ready.wait(30)
                word = f"client {number}".encode()
                stream.sendall(word)
                assert exactly(stream, len(word)) == word
        except Exception as error:
            failures.append(error)
            ready.abort()

    clients = [threading.Thread(target=one, args=(n,)) for n in range(option.count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert not failures, failures[0]


def alpn():
    with connect() as stream:
        print(stream.selected_alpn_protocol())


def truncate():
    """Says `cut` and vanishes without close_notify."""
    stream = connect()
    stream.sendall(b"cut")
    stream.shutdown(socket.SHUT_WR)  # of the socket below; ssl sends nothing
    socket.socket.close(stream)


def goodbye():
    """Says `bye`, then close_notify, and wants the other's close_notify."""
    stream = connect()
    stream.sendall(b"bye")
    exactly(stream, 3)
    stream.unwrap().close()


def reads_to_the_end():
    """Wants text and an orderly end: ssl raises on a ragged one."""
    with connect() as stream:
        stream.sendall(b"hello")
        text = b""
        while more := stream.recv(4096):
            text += more
        print(text.decode())


def old():
    made = context()
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        connect(made)
    except (ssl.SSLError, ConnectionError):
        return
    sys.exit("TLS 1.2 was accepted")


def refused():
    """The server must not serve this client: TLS 1.3 tells a client so when it reads."""
    try:
        with connect() as stream:
            stream.sendall(b"let me in")
            stream.recv(1)
    except (ssl.SSLError, ConnectionError):
        return
    sys.exit("was accepted")


def tickets():
    with connect() as stream:
        stream.sendall(b"x")
        exactly(stream, 1)
        print("ticket" if stream.session.has_ticket else "no ticket")


def self_signed():
    """Learns the server's certificate, then trusts it, and no other, under every name of --name."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    with connect(blind) as stream:
        der = stream.getpeercert(binary_form=True)
    for name in option.name.split(","):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.load_verify_locations(cadata=der)
        plain = socket.create_connection((option.host, option.port), timeout=20)
        made.wrap_socket(plain, server_hostname=name).close()


def server():
    """Serves one client: an echo of what comes, until its close_notify. Prints the port first, then the name that it was asked for."""
    made = context(ssl.PROTOCOL_TLS_SERVER)
    if option.ca:
        made.verify_mode = ssl.CERT_REQUIRED
    names = []
    made.sni_callback = lambda _, name, __: names.append(name)
    with socket.create_server((option.host, 0), family=socket.AF_INET6 if ":" in option.host else socket.AF_INET) as listener:
        print(listener.getsockname()[1], flush=True)
        plain, _ = listener.accept()
        plain.settimeout(20)
        try:
            with made.wrap_socket(plain, server_side=True, suppress_ragged_eofs=False) as stream:
                print(names[0] if names else None, stream.selected_alpn_protocol(), flush=True)
                while more := stream.recv(65536):
                    stream.sendall(more)
                stream.unwrap()
        except (ssl.SSLError, ConnectionError) as error:
            with contextlib.suppress(BrokenPipeError):  # whoever started this does not care any more
                print(type(error).__name__, flush=True)


def plain_server():
    """Greets one client in plain text."""
    with socket.create_server((option.host, 0), family=socket.AF_INET6 if ":" in option.host else socket.AF_INET) as listener:
        print(listener.getsockname()[1], flush=True)
        plain, _ = listener.accept()
        plain.sendall(b"220 mail.example ESMTP\r\n")
        plain.recv(1)


if __name__ == "__main__":
    globals()[option.story]()

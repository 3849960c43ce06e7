#!/usr/bin/env python3
"""Sockets over tcp: listening and connecting entries of the configuration, and what may go wrong with them."""
import os
import socket
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403
from network import connected, echo, entry, free_port, listen, receive, start_server  # noqa: E402


@story("an echo server answers small and large messages", ours=True)
def echo_server():
    port = free_port()
    server = start_server("echo_server", listen("tcp", port), 1)
    with connected(port) as client:
        for size in (1, 64, 1000, 65536, 300_000):
            echo_in_parts(client, os.urandom(size))
    outcome = finish(server, 10)
    succeeded(outcome)
    contains(outcome.text, "served 1")


def echo_in_parts(client, data):
    """Sends and receives at the same time, so that no buffer on the way has to hold all of it."""
    sender = threading.Thread(target=client.sendall, args=(data,))
    sender.start()
    back = receive(client, len(data))
    sender.join()
    true(back == data, f"the echo of {len(data)} bytes differs")


@story("a slow client does not hold up the others", ours=True)
def slow_client():
    port = free_port()
    start_server("echo_server", listen("tcp", port))
    with connected(port) as slow, connected(port) as silent:
        slow.setblocking(False)
        for _ in range(200):  # sends and never reads
            try:
                slow.send(b"x" * 65536)
            except BlockingIOError:
                break
        started = time.monotonic()
        for _ in range(50):
            with connected(port) as quick:
                echo(quick, b"quick")
        true(time.monotonic() - started < 5 * PATIENCE, "the quick clients had to wait")
        silent.sendall(b"at last")
        equal(receive(silent, 7), b"at last")


@story("a hundred clients at once", ours=True)
def many_clients():
    port = free_port()
    start_server("echo_server", listen("tcp", port))
    clients = [connected(port) for _ in range(100)]
    try:
        for number, client in enumerate(clients):
            client.sendall(f"client {number}".encode())
        for number, client in enumerate(clients):
            expected = f"client {number}".encode()
            equal(receive(client, len(expected)), expected)
    finally:
        for client in clients:
            client.close()


@story("clients that vanish, reset or send nothing leave the server well", ours=True)
def rude_clients():
    port = free_port()
    start_server("echo_server", listen("tcp", port))
    for _ in range(20):
        rude = connected(port)
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        rude.send(b"something")
        rude.close()  # a reset
        connected(port).close()
    with connected(port) as polite:
        echo(polite, b"still there")


@story("MSG_PEEK, MSG_WAITALL, non-blocking reads, poll and shutdown", ours=True)
def finer_points():
    port = free_port()
    server = start_server("sockets", listen("tcp", port))
    with connected(port) as client:
        client.sendall(b"01234567")
        time.sleep(0.2)
        client.sendall(b"89")
        equal(receive(client, 4), b"more")
        client.sendall(b"ab")
        time.sleep(0.2)
        client.sendall(b"cde")
        equal(client.recv(10), b"", "the end after shutdown")
    outcome = succeeded(finish(server, 10))
    equal(outcome.text.splitlines(), ["peek 4 0123", "again 4 0123", "rest 6 456789", "empty failed: EAGAIN", "silent 0",
                                      "greet 4 more", "all 5 abcde", "shutdown 0", "end 0 "])


@story("a web server in C answers requests on one connection", ours=True)
def web_server():
    import http.client
    port = free_port()
    server = start_server("http_server", listen("tcp", port), 1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10 * PATIENCE)
    for method, path, body, status, answer in (
            ("GET", "/", None, 200, b"Hello from WebAssembly\n"), ("GET", "/nothing", None, 404, b"no such page\n"),
            ("POST", "/echo", b"said", 200, b"said"), ("GET", "/bytes/700000", None, 200, b"x" * 700_000)):
        connection.request(method, path, body=body)
        response = connection.getresponse()
        equal((response.status, response.read()), (status, answer), f"{method} {path}")
    connection.close()
    succeeded(finish(server, 10))


@story("a client connects, by address and by name", ours=True)
def connecting():
    connect_to("127.0.0.1", "localhost")


@story("a client connects and a server listens by a name that this host resolves", ours=True)
def host_names():
    with open("/etc/hosts", encoding="utf-8") as file:
        lines = [line.split("#")[0].split() for line in file]
    names = [name for address, *names in filter(None, lines) for name in names if address == "127.0.0.1" and "localhost" not in name]
    if not names:
        skip("/etc/hosts has no name for 127.0.0.1 but localhost")
    connect_to(names[0])
    port = free_port()
    start_server("echo_server", listen("tcp", port, addr=names[0]))
    with connected(port) as client:
        echo(client, b"by name")


def connect_to(*hosts):
    for host in hosts:
        with socket.create_server(("127.0.0.1", 0)) as server:
            peer = threading.Thread(target=upper, args=(server,))
            peer.start()
            config = write("Enarx.toml", entry("connect", "server", prot="tcp", host=host, port=server.getsockname()[1]))
            outcome = run("client", options=["--config", config], stdin=b"hello over tcp")
            peer.join()
            succeeded(outcome, "HELLO OVER TCP")


def upper(server):
    with server.accept()[0] as peer:
        data = b""
        while part := peer.recv(1000):
            data += part
        peer.sendall(data.upper())


@story("IPv6: listening and connecting", ours=True)
def ipv6():
    try:
        port = free_port(socket.AF_INET6)
    except OSError as reason:
        skip(f"no IPv6 on this host: {reason}")
    start_server("echo_server", listen("tcp", port, addr="::1"))
    with connected(port, "::1") as client:
        echo(client, b"over IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        peer = threading.Thread(target=upper, args=(server,))
        peer.start()
        config = write("Enarx.toml", entry("connect", "server", prot="tcp", host="::1", port=server.getsockname()[1]))
        outcome = run("client", options=["--config", config], stdin=b"six")
        peer.join()
        succeeded(outcome, "SIX")


@story("without addr it listens on all addresses, IPv4 among them", ours=True)
def all_addresses():
    port = free_port()
    start_server("echo_server", f'[[files]]\nkind = "listen"\nname = "ingest"\nprot = "tcp"\nport = {port}\n')
    with connected(port) as client:
        echo(client, b"any address")


@story("an address in use is said with the address", ours=True)
def in_use():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        config = write("Enarx.toml", listen("tcp", port))
        refused(run("echo_server", options=["--config", config]), 125, str(port), name="address-in-use")


@story("a port is free again at once after the server has ended", ours=True)
def again():
    port = free_port()
    for _ in range(3):
        server = start_server("echo_server", listen("tcp", port), 1)
        with connected(port) as client:
            echo(client, b"again")
        succeeded(finish(server, 10))


@story("an address that is not this host's", ours=True)
def foreign_address():
    config = write("Enarx.toml", listen("tcp", 40404, addr="192.0.2.1"))
    refused(run("echo_server", options=["--config", config]), 125, "192.0.2.1")


@story("a host that does not resolve, and one that refuses", ours=True)
def unreachable():
    config = write("Enarx.toml", entry("connect", "server", prot="tcp", host="no-such-host.invalid", port=80))
    outcome = run("client", options=["--config", config], timeout=40)
    refused(outcome, 125, "no-such-host.invalid", name="host-not-found")
    port = free_port()
    config = write("Enarx.toml", entry("connect", "server", prot="tcp", host="127.0.0.1", port=port))
    refused(run("client", options=["--config", config]), 125, str(port), name="connection-refused")


@story("sockets beyond the limit of the configuration are refused to the application, until others are closed", ours=True)
def limit():
    port = free_port()
    start_server("echo_server", "[limits]\nsockets = 5\n" + listen("tcp", port))  # the listener and four clients
    clients = [connected(port) for _ in range(7)]
    served = [client for client in clients if answered(client)]
    equal(len(served), 4, "clients served while all stay")
    served[0].close()
    equal(len([client for client in clients if client not in served and answered(client)]), 1, "after one has gone")
    for client in clients:
        client.close()


def answered(client):
    client.settimeout(10 if MODEL else 1)
    try:
        client.sendall(b"x")
        return client.recv(1) == b"x"
    except OSError:
        return False


main()

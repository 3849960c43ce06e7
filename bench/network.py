#!/usr/bin/env python3
"""Network: tcp echo beside Wasmtime, and TLS requests per second of a small server beside nginx.

Wasmtime 48 has no sockets for preview 1 any more; 36, the last LTS line that has them, is the peer of the tcp row:
WASMTIME_WITH_SOCKETS names it (cargo install wasmtime-cli --version 36.0.9 --locked). Without it that column stays empty.
"""
import contextlib
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import time

from measure import BUILD, GUESTS, enarx, need, output, table, verdict, workspace

ROUNDS = 5
SECONDS = 3
OLD_WASMTIME = os.environ.get("WASMTIME_WITH_SOCKETS")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(line, port):
    server = subprocess.Popen(list(map(str, line)), stdout=subprocess.DEVNULL)
    try:
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait()


def listener(place, prot, port):
    config = pathlib.Path(place) / f"{prot}-{port}.toml"
    config.write_text(f'[[files]]\nkind = "listen"\nname = "ingest"\nprot = "{prot}"\naddr = "127.0.0.1"\nport = {port}\n')
    return ["--config", config]


def echo_rates(line, port, connections, size):
    with serving(line, port):
        return float(output([BUILD / "parts/echo_load", port, connections, size, SECONDS]))


def echo_rows(place):
    rows = []
    for size in (64, 65536):
        for connections in (1, 32):
            found = {"enarx": [], "wasmtime": []}
            for _ in range(ROUNDS):
                port = free_port()
                found["enarx"].append(echo_rates(enarx(*listener(place, "tcp", port), GUESTS / "echo_server.wasm"), port, connections, size))
                if OLD_WASMTIME:
                    port = free_port()
                    line = [OLD_WASMTIME, "run", "-S", f"preview2=n,tcplisten=127.0.0.1:{port}", GUESTS / "echo_server.wasm"]
                    found["wasmtime"].append(echo_rates(line, port, connections, size))
            ours = statistics.median(found["enarx"])
            peer = statistics.median(found["wasmtime"]) if found["wasmtime"] else None
            row = [f"{size} B, {connections} connections", f"{ours:.0f}"]
            rows.append(row + ([f"{peer:.0f}", ours / peer, verdict(ours >= peer)] if peer else ["not measured", "", ""]))
    return rows


def nginx(place, port):
    """The line that starts nginx with one worker, TLS 1.3 and the answer of the guest's web server."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", f"{place}/key.pem", "-out", f"{place}/cert.pem"],
                   check=True, capture_output=True)
    config = pathlib.Path(place) / "nginx.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {place}/nginx.pid; error_log /dev/null;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f;
    uwsgi_temp_path {place}/u; scgi_temp_path {place}/s; keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} ssl; ssl_certificate {place}/cert.pem; ssl_certificate_key {place}/key.pem;
        ssl_protocols TLSv1.3; default_type text/plain;
        location / {{ return 200 "Hello from WebAssembly\\n"; }}
    }}
}}
""")
    return [need("nginx", "apt-get install nginx-light"), "-p", place, "-c", config]


def requests_per_second(line, port):
    with serving(line, port):
        text = output([need("wrk", "apt-get install wrk"), "-t1", "-c32", f"-d{SECONDS}s", f"https://127.0.0.1:{port}/"])
        if "Non-2xx" in text or "Socket errors" in text:
            raise SystemExit(f"wrk met errors:\n{text}")
        return float(re.search(r"Requests/sec:\s*([\d.]+)", text).group(1))


def tls_row(place):
    found = {"enarx": [], "nginx": []}
    for _ in range(ROUNDS):
        port = free_port()
        found["enarx"].append(requests_per_second(enarx(*listener(place, "tls", port), GUESTS / "http_server.wasm"), port))
        port = free_port()
        found["nginx"].append(requests_per_second(nginx(place, port), port))
    ours, peer = (statistics.median(found[name]) for name in ("enarx", "nginx"))
    return ["32 connections", f"{ours:.0f}", f"{peer:.0f}", ours / peer, verdict(ours >= 0.6 * peer)]


def main():
    with workspace() as place:
        table("tcp echo, round trips per second, median; at least Wasmtime's wanted",
              ["message", "enarx", "wasmtime 36", "ratio", "reached"], echo_rows(place))
        if shutil.which("nginx"):
            table("TLS 1.3, requests per second over open connections (wrk), median; at least 0.6 of nginx wanted",
                  ["", "enarx", "nginx", "ratio", "reached"], [tls_row(place)])
        else:
            print("\nTLS: not measured, nginx is missing (apt-get install nginx-light wrk)")


if __name__ == "__main__":
    main()

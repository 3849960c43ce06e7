#!/usr/bin/env python3
"""Go: GOOS=wasip1, which Go has from 1.21 on (Debian 12's own is 1.19)."""
import json
import re
import shutil
import subprocess
import urllib.request

from toolchain import HERE, build, harness

WASI = {"GOOS": "wasip1", "GOARCH": "wasm", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod"}


def go():
    found = shutil.which("go")
    if not found:
        harness.skip("Go is not installed")
    version = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
    number = tuple(map(int, re.search(r"go(\d+)\.(\d+)", version).groups()))
    if number < (1, 21):
        harness.skip(f"Go {number[0]}.{number[1]} cannot build for wasip1: that came with 1.21")
    return found


def program(name):
    source = HERE / f"go/{name}.go"
    module = harness.GUESTS / f"go/{name}.wasm"
    return build(f"go/{name}.wasm", [go(), "build", "-o", module, source], [source], WASI)


@harness.story("a Go program with goroutines, timers, files and JSON", seconds=600)
def main_program():
    data = harness.folder("data")
    options = ["--env", "COLOUR=red", "--dir", f"{data}::/data"]
    outcome = harness.run(program("main"), "x", "y", options=options, stdin=b"a b a\nc a\n")
    harness.equal(outcome.status, 3, f"exit status ({outcome.errors})")
    harness.equal(json.loads(outcome.text), {"arguments": 3, "colour": "red", "words": {"a": 3, "b": 1, "c": 1},
                                             "sum": 328350, "files": ["one", "two"], "slept": True})


@harness.story("a panic of Go ends with Go's message and its status 2", seconds=600)
def panic():
    outcome = harness.run(program("main"), "panic")
    harness.equal(outcome.status, 2)
    harness.contains(outcome.errors, "panic: as asked", "goroutine 1")


@harness.story("net/http serves from a pre-opened listener", ours=True, seconds=600)
def server():
    import socket
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = harness.write("Enarx.toml", f"""
[[files]]
kind = "listen"
name = "ingest"
prot = "tcp"
addr = "127.0.0.1"
port = {port}
""")
    process = harness.start_run(program("server"), options=["--config", config])
    harness.wait_for_line(process, "listening")
    for path, body in (("/", None), ("/a/b", None), ("/post", b"x" * 200_000)):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", data=body, timeout=10) as answer:
            harness.equal(answer.read().decode(), f"{'POST' if body else 'GET'} {path} {len(body or b'')}")
    harness.succeeded(harness.finish(process, 10))


harness.main()

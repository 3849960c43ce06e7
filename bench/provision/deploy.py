#!/usr/bin/env python3
"""How long `enarx deploy` takes to an application's first output, and how much memory an idle host agent has, beside what a user
would do instead on a host that has to be trusted: pull from a registry, decrypt, unpack, run.

usage: deploy.py [--rounds N]       prints a table in Markdown; takes a minute

ENARX_BUILD_DIR is the build folder (default: build beside bench). The programs take turns, figures are medians. docker-registry,
skopeo and openssl are Debian's; rows of what is not installed say so.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or SOURCE / "build").resolve()
ENARX = str(BUILD / "enarx")
LARGE = 200_000_000
PATIENCE_S = 60


def run(*line):
    done = subprocess.run([str(word) for word in line], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(word) for word in line)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout.decode()


def first_output_ms(line):
    """From the call of a program to the first byte of its standard output."""
    begun = time.perf_counter()
    with subprocess.Popen([str(word) for word in line], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        came, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
        took = time.perf_counter() - begun
        output, errors = process.communicate()
    if not came or not output or process.returncode != 0:
        sys.exit(f"{line[0]} {line[1]} ended with {process.returncode}: {errors.decode()[-500:]}")
    return took * 1000


def memory_of(process):
    """MiB: resident in all, and of that the process' own."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE).group(1)) / 1024 for name in ("VmRSS", "RssAnon")]


@contextlib.contextmanager
def serve(folder, backend, tls):
    """An `enarx serve`; gives its process and what `enarx deploy` calls it."""
    state = folder / f"state-{backend}-{'tls' if tls else 'plain'}"
    how = ["--tls", folder / "host.pem", "--tls-key", folder / "host.key"] if tls else ["--plain-http"]
    line = [ENARX, "serve", "--listen", "127.0.0.1:0", "--backend", backend, "--state", state, *how]
    with open(folder / f"{state.name}.log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen([str(word) for word in line], stdout=log, stderr=log)
        try:
            until = time.monotonic() + PATIENCE_S
            while not (found := re.search(r"listening at (https?)://127\.0\.0\.1:(\d+)", pathlib.Path(log.name).read_text(encoding="utf-8"))):
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"enarx serve does not begin: {pathlib.Path(log.name).read_text(encoding='utf-8')}")
                time.sleep(0.02)
            place = ["--host", f"{found.group(1)}://localhost:{found.group(2)}" if tls else f"http://127.0.0.1:{found.group(2)}"]
            yield process, place + (["--host-root", folder / "host.pem"] if tls else [])
        finally:
            process.terminate()
            process.wait()


@contextlib.contextmanager
def registry(folder):
    """Debian's docker-registry; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "registry.yml"
    config.write_text(f"version: 0.1\nstorage:\n  filesystem: {{rootdirectory: {folder / 'registry'}}}\nhttp: {{addr: 127.0.0.1:{port}}}\n")
    process = subprocess.Popen(["docker-registry", "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE_S
        with contextlib.suppress(OSError):
            while time.monotonic() < until:
                with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def applications(folder):
    """Two packages: hello, and hello with a file that no compression helps."""
    run(ENARX, "key", "tenant", "create", "--out", folder / "tenant.key")
    for name in ("hello", "large"):
        app = folder / name
        app.mkdir()
        shutil.copy(BUILD / "guests/hello.wasm", app / "main.wasm")
        if name == "large":
            (app / "data").write_bytes(os.urandom(LARGE))
        run(ENARX, "package", app, "--out", folder / f"{name}.enx", "--key", folder / "tenant.key", "--allow-no-hardware")


def instead(folder, name, address):
    """A script as a user has it: pulls an artifact, decrypts it, unpacks it, runs it. Nothing is attested."""
    key = folder / "instead.key"
    key.write_text("0123456789abcdef" * 4)
    layout, archive = folder / f"{name}-layout", folder / f"{name}.tar.enc"
    cipher = ["openssl", "enc", "-aes-256-ctr", "-pbkdf2", "-pass", f"file:{key}"]
    with open(archive, "wb") as out:
        tar = subprocess.Popen(["tar", "-C", folder / name, "-cf", "-", "."], stdout=subprocess.PIPE)
        subprocess.run([*cipher, "-e"], stdin=tar.stdout, stdout=out, check=True)
        tar.wait()
    digest = lambda path: run("sha256sum", path).split()[0]  # noqa: E731
    layout.mkdir()
    config = layout / "config"
    config.write_text("{}")
    blobs = [(config, "application/vnd.oci.image.config.v1+json"), (archive, "application/vnd.example.application+encrypted")]
    parts = []
    for path, kind in blobs:
        sum_ = digest(path)
        shutil.copy(path, layout / sum_)
        parts.append({"mediaType": kind, "digest": f"sha256:{sum_}", "size": path.stat().st_size})
    config.unlink()
    (layout / "manifest.json").write_text(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                                                      "config": parts[0], "layers": parts[1:]}))
    (layout / "version").write_text("Directory Transport Version: 1.1\n")
    run("skopeo", "copy", "--dest-tls-verify=false", f"dir:{layout}", f"docker://{address}/{name}:1")
    script = folder / f"instead-{name}.sh"
    script.write_text(f"""set -e
to=$(mktemp -d {folder}/pulled.XXXXXX)
skopeo copy -q --src-tls-verify=false docker://{address}/{name}:1 dir:$to/oci
mkdir $to/app
{' '.join(str(word) for word in cipher)} -d -in $to/oci/{parts[1]['digest'][7:]} | tar -C $to/app -xf -
{ENARX} run --backend "$1" $to/app/main.wasm
rm -r $to
""")
    return script


def ways(folder, name, hosts, script):
    """What is measured, by its name."""
    package = folder / f"{name}.enx"
    for (backend, tls), (_, place) in hosts.items():
        if name == "hello" or not tls:
            way = f"enarx deploy, {backend}{', host over TLS' if tls else ''}"
            yield way, [ENARX, "deploy", *place, "--quiet", "--allow-no-hardware", package]
    for backend in dict.fromkeys(backend for backend, _ in hosts):
        yield f"enarx run, {backend}: nothing handed over", [ENARX, "run", "--backend", backend, folder / name / "main.wasm"]
        if script:
            yield f"skopeo, openssl, tar, enarx run, {backend}", ["sh", script, backend]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=11)
    rounds = parser.parse_args().rounds
    peers = all(shutil.which(tool) for tool in ("docker-registry", "skopeo", "openssl"))
    backends = ["kvm", "nil"] if os.access("/dev/kvm", os.R_OK | os.W_OK) else ["nil"]
    with tempfile.TemporaryDirectory(prefix="enarx-bench") as temporary, contextlib.ExitStack() as running:
        folder = pathlib.Path(temporary)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "host.key", "-out", folder / "host.pem")
        applications(folder)
        hosts = {(backend, tls): running.enter_context(serve(folder, backend, tls)) for backend in backends for tls in (False, True)}
        idle = memory_of(hosts[backends[0], True][0])
        address = running.enter_context(registry(folder)) if peers else None
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {rounds} (first and last tenth)\n")
        print("| application | way | ms to the first output | |\n|---|---|---:|---:|")
        for name, many in (("hello", rounds), ("large", max(rounds // 2, 3))):
            lines = dict(ways(folder, name, hosts, instead(folder, name, address) if address else None))
            took = {way: [] for way in lines}
            for turn in range(many + 1):
                for way, line in lines.items():
                    ms = first_output_ms(line)
                    if turn > 0:  # the first brings caches to what they are
                        took[way].append(ms)
            for way, times in took.items():
                times.sort()
                low, high = times[len(times) // 10], times[-1 - len(times) // 10]
                print(f"| {'hello' if name == 'hello' else '200 MB'} | {way} | {statistics.median(times):.0f} | {low:.0f} to {high:.0f} |")
        if not peers:
            print("| | docker-registry, skopeo or openssl is not installed | | |")
        after = memory_of(hosts[backends[0], True][0])
        print(f"\n`enarx serve` with TLS: {idle[0]:.1f} MiB when it has begun ({idle[1]:.1f} its own, the rest is its file), "
              f"{after[0]:.1f} after {rounds + 1} deployments ({after[1]:.1f}).")


if __name__ == "__main__":
    main()

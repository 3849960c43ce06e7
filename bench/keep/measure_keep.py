#!/usr/bin/env python3
"""A KVM Keep beside nil and `wasmtime run`: starts, exits, compute, host calls, memory. `measure_keep.py [--quick]`.

Prints the table of bench/keep/README.md. Sealed memory stands beside plain in each row.
"""
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import network  # noqa: E402
from measure import BUILD, ENARX, GUESTS, hyperfine, in_turn, output, table, verdict, wasmtime, workspace  # noqa: E402

QUICK = "--quick" in sys.argv[1:]
HELLO = GUESTS / "hello.wasm"


def keep(memory, *arguments):
    return [ENARX, "run", "--backend=kvm", f"--memory={memory}", *map(str, arguments)]


def nil(*arguments):
    return [ENARX, "run", "--backend=nil", *map(str, arguments)]


def starts(env):
    lines = {"nil": nil(HELLO), "plain": keep("plain", HELLO), "sealed": keep("sealed", HELLO),
             "wasmtime": wasmtime("-C", "cache=y", HELLO)}
    for line in lines.values():
        output(line, env={**os.environ, **env})
    found = hyperfine(lines, 50 if QUICK else 200, env=env)
    peer = found["wasmtime"]
    return [["hello, cached, whole process, ms", found["nil"], found["plain"], found["sealed"], peer,
             f"plain {found['plain'] / peer:.2f} (0.6), sealed {found['sealed'] / peer:.2f} (0.9)",
             verdict(found["plain"] <= 0.6 * peer and found["sealed"] <= 0.9 * peer)]]


def exits(env):
    def count(memory):
        traced = subprocess.run(["strace", "-f", "-e", "trace=ioctl", *keep(memory, HELLO)], capture_output=True, text=True,
                                env={**os.environ, **env}, check=False)
        return traced.stderr.count("KVM_RUN")
    plain, sealed = count("plain"), count("sealed")
    return [["exits of hello", "-", plain, sealed, "-", "6", verdict(0 < plain <= 6)]]


def seconds(line, env):
    begun = time.monotonic()
    output(line, env={**os.environ, **env})
    return time.monotonic() - begun


def compute(env):
    rounds = 3 if QUICK else 7
    lines = {"nil": nil(GUESTS / "kernels.wasm", "matrix", "1"), "plain": keep("plain", GUESTS / "kernels.wasm", "matrix", "1"),
             "sealed": keep("sealed", GUESTS / "kernels.wasm", "matrix", "1")}

    def rate(line):  # the guest's own figure: its last number is the time of one round
        return float(output(line, env={**os.environ, **env}).split()[-2])
    for line in lines.values():
        rate(line)
    found = in_turn(lines, rounds, rate)
    ratio = found["plain"] / found["nil"]
    return [["compute: matrix, the guest's figure", found["nil"], found["plain"], found["sealed"], "-",
             f"{ratio:.2f} x the time (1.01)", verdict(ratio <= 1.01)]]


def touched(env):
    """First touch: what 64 MiB more cost, as the difference of two whole processes."""
    rounds = 5 if QUICK else 15
    rows = {}
    for name, prefix in (("nil", nil), ("plain", lambda *a: keep("plain", *a)), ("sealed", lambda *a: keep("sealed", *a))):
        lines = {size: prefix(GUESTS / "memory.wasm", size) for size in ("8", "72")}
        found = in_turn(lines, rounds, lambda line: seconds(line, env))
        rows[name] = (found["72"] - found["8"]) * 1000
    ratio = rows["plain"] / rows["nil"]
    return [["first touch of 64 MiB, ms", rows["nil"], rows["plain"], rows["sealed"], "-", f"{ratio:.2f} (1.6)", verdict(ratio <= 1.6)]]


def streamed(env, place):
    size = 128 if QUICK else 1024
    rows = {}
    for name, prefix in (("nil", nil), ("plain", lambda *a: keep("plain", *a)), ("sealed", lambda *a: keep("sealed", *a))):
        line = prefix("--dir", f"{place}::/data", GUESTS / "stream.wasm", "write", "/data/big", str(size))
        rows[name] = min(seconds(line, env) for _ in range(3))
        os.unlink(f"{place}/big")
    ratio = rows["plain"] / rows["nil"]
    return [[f"{size} MiB written to a host file, s", rows["nil"], rows["plain"], rows["sealed"], "-", f"{ratio:.2f} (1.5)",
             verdict(ratio <= 1.5)]]


def files(env, place):
    """Small files: what a host call costs where many follow each other."""
    count = 500 if QUICK else 2000
    rows = {}
    for name, prefix in (("nil", nil), ("plain", lambda *a: keep("plain", *a)), ("sealed", lambda *a: keep("sealed", *a))):
        line = prefix("--dir", f"{place}::/data", GUESTS / "many_files.wasm", "/data", str(count))
        rows[name] = min(float(re.search(r"total ([\d.]+)", output(line, env={**os.environ, **env}))[1]) for _ in range(3))
    return [[f"{count} small files on the host, ms", rows["nil"], rows["plain"], rows["sealed"], "-", "-", "-"]]


def calls(env, place):
    """Single system calls of a program: answered in the shim, by a host that looks for calls, by one that is rung for."""
    pathlib.Path(place, "file").write_text("x")

    def costs(memory):
        with open(f"{place}/file", encoding="ascii") as file:
            text = output([ENARX, "exec", f"--memory={memory}", BUILD / "parts/keep-calls"], env={**os.environ, **env}, stdin=file)
        return {name: float(value) / 1000 for name, value in (line.split() for line in text.splitlines())}
    runs = {memory: [costs(memory) for _ in range(3 if QUICK else 9)] for memory in ("plain", "sealed")}
    rows = []
    for name, what, reach in (("shim", "system call answered in the shim, us", 1.5), ("polled", "by a host that looks, us", 3),
                              ("rung", "by a host that is rung for, us", 40)):
        plain, sealed = (statistics.median(run[name] for run in runs[memory]) for memory in ("plain", "sealed"))
        rows.append([what, "-", plain, sealed, "-", f"{plain:.1f} ({reach})", verdict(plain <= reach)])
    return rows


def served(env, place, what, load):
    """A server of the guest programs under load, in turn with nil and both kinds of memory; answers with medians."""
    os.environ.update(env)
    prefixes = {"nil": nil, "plain": lambda *a: keep("plain", *a), "sealed": lambda *a: keep("sealed", *a)}
    found = {name: [] for name in prefixes}
    for _ in range(2 if QUICK else network.ROUNDS):
        for name, prefix in prefixes.items():
            port = network.free_port()
            found[name].append(load(prefix(*network.listener(place, what[0], port), GUESTS / what[1]), port))
    return {name: statistics.median(values) for name, values in found.items()}


def networks(env, place):
    rows = []
    for size in (64, 65536):
        found = served(env, place, ("tcp", "echo_server.wasm"), lambda line, port, size=size: network.echo_rates(line, port, 1, size))
        ratio = found["nil"] / found["plain"]
        rows.append([f"tcp echo, {size} B, round trips per second", found["nil"], found["plain"], found["sealed"], "-",
                     f"{ratio:.2f} x the time (2)", verdict(ratio <= 2)])
    if not shutil.which("wrk"):
        return [*rows, ["TLS requests per second", "-", "-", "-", "-", "wrk is missing (apt-get install wrk)", "-"]]
    found = served(env, place, ("tls", "http_server.wasm"), network.requests_per_second)
    share = found["plain"] / found["nil"]
    return [*rows, ["TLS requests per second, 32 connections", found["nil"], found["plain"], found["sealed"], "-",
                    f"{share:.2f} (0.50)", verdict(share >= 0.5)]]


def available_mib():
    return int(re.search(r"MemAvailable:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 1024


def idle(env, number=None):
    """Many Keeps whose application waits for input: what the whole machine has less of, for each, in MiB; the first one's
    share, which is what all share, is not counted. Sealed memory is seen here, too."""
    number = number or (50 if QUICK else 500)

    def each(line):
        def begin():
            return subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                    env={**os.environ, **env})
        keeps = [begin()]
        try:
            time.sleep(2)
            before = available_mib()
            keeps += [begin() for _ in range(number)]
            time.sleep(5 if QUICK else 20)
            if any(one.poll() is not None for one in keeps):
                raise SystemExit("an idle Keep ended by itself")
            return (before - available_mib()) / number
        finally:
            for one in keeps:
                one.send_signal(signal.SIGKILL)
            for one in keeps:
                one.wait()
    found = {"nil": each(nil(GUESTS / "spin.wasm", "read")), "plain": each(keep("plain", GUESTS / "spin.wasm", "read")),
             "sealed": each(keep("sealed", GUESTS / "spin.wasm", "read"))}
    return [[f"idle Keep, memory of its own, MiB (of {number})", found["nil"], found["plain"], found["sealed"], "-",
             f"{found['plain']:.1f} (5)", verdict(found["plain"] <= 5)],
            ["500 idle Keeps, GiB", *(found[name] * 500 / 1024 for name in ("nil", "plain", "sealed")), "-",
             f"{found['plain'] * 500 / 1024:.1f} (8)", verdict(found["plain"] * 500 <= 8192)]]


def rate(env):
    """Starts per second, two at a time."""
    number = 100 if QUICK else 500

    def one(line):
        script = f"seq {number} | xargs -P 2 -I{{}} {' '.join(line)} > /dev/null"
        begun = time.monotonic()
        subprocess.run(["bash", "-c", script], env={**os.environ, **env}, check=True)
        return number / (time.monotonic() - begun)
    rows = {"nil": one(nil(HELLO)), "plain": one(keep("plain", HELLO)), "sealed": one(keep("sealed", HELLO))}
    return [["starts per second, two at a time", rows["nil"], rows["plain"], rows["sealed"], "-", f"{rows['plain']:.0f} (250)",
             verdict(rows["plain"] >= 250)]]


def main():
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        sys.exit("/dev/kvm cannot be opened: nothing to measure")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; build: {BUILD.name}")
    subprocess.run([pathlib.Path(__file__).parents[2] / "tools/settle_pages.py", BUILD / "libexec/enarx/exec"], check=False)
    with workspace() as place, tempfile.TemporaryDirectory() as cache:
        env = {"XDG_CACHE_HOME": cache}
        rows = starts(env) + exits(env) + compute(env) + calls(env, place) + touched(env) + streamed(env, place)
        rows += files(env, place) + networks(env, place) + idle(env) + rate(env)
    table("A KVM Keep", ["what", "nil", "kvm, plain", "kvm, sealed", "wasmtime", "reached (reach)", "holds"], rows)


if __name__ == "__main__":
    main()

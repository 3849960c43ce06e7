#!/usr/bin/env python3
"""The election of demos/voting: a thousand voters at once, in a Keep without isolation and in a KVM Keep, taking turns.

Every voter connects over TLS, votes and reads the receipt, all starting at the same moment; who is turned away comes again
after 50 ms. ENARX_BENCH_VOTERS changes the number. The voters run on the same machine, in one process: they take their
share of it, the same for both Keeps.
"""
import asyncio
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "demos/voting/test"))
from measure import table  # noqa: E402
from polling_station import Station, election_verify, unchecked  # noqa: E402

VOTERS = int(os.environ.get("ENARX_BENCH_VOTERS", "1000"))
ROUNDS = int(os.environ.get("ENARX_BENCH_ROUNDS", "3"))
CONTEXT = unchecked()
MOST_ATTEMPTS = 400


async def request(port, path, body):
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port, ssl=CONTEXT), 30)
    try:
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = await asyncio.wait_for(reader.read(), 30)
    finally:
        writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(answer[:60])
    return answer


async def voter(port, code, choice):
    """Seconds until the receipt was there, and how often the voter had to come again."""
    body = f"code={code}&choice={choice}&nonce={os.urandom(32).hex()}"
    started = time.monotonic()
    for attempt in range(MOST_ATTEMPTS):
        try:
            await request(port, "/vote", body)
            return time.monotonic() - started, attempt
        except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.05)
    raise SystemExit(f"a voter was turned away {MOST_ATTEMPTS} times")


async def everybody(station):
    return await asyncio.gather(*(voter(station.port, code, number % 2) for number, code in enumerate(station.voters)))


def election(backend):
    """(votes per second, latencies, comebacks) of one election, which is closed and verified afterwards."""
    with tempfile.TemporaryDirectory() as place, Station(place + "/election", backend, voters=VOTERS, batch=20) as station:
        started = time.monotonic()
        voted = asyncio.run(everybody(station))
        seconds = time.monotonic() - started
        station.close()
        record = station.record()
        status, said = election_verify(place, record, options=("--allow-no-hardware",))
        if status != 0 or sum(record["result"]["tally"]) != VOTERS:
            raise SystemExit(f"{backend}: the election does not verify: {said}")
    return VOTERS / seconds, sorted(latency for latency, _ in voted), sum(again for _, again in voted)


def main():
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    backends = ["nil"] + (["kvm"] if os.access("/dev/kvm", os.R_OK | os.W_OK) else [])
    found = {backend: [] for backend in backends}
    for _ in range(ROUNDS):
        for backend in backends:
            found[backend].append(election(backend))
    rows = []
    for backend in backends:
        rates, latencies, again = zip(*found[backend])
        middle = latencies[rates.index(sorted(rates)[len(rates) // 2])]
        rows.append([backend, f"{statistics.median(rates):.0f}", *(f"{middle[int(len(middle) * part)]:.2f}" for part in (0.5, 0.95)),
                     f"{middle[-1]:.2f}", f"{statistics.median(again):.0f}"])
    table(f"Election: {VOTERS} voters at once, each a TLS connection of its own; seconds from start to receipt",
          ["Keep", "votes per second", "median", "95 %", "slowest", "turned away"], rows)
    if "kvm" not in found:
        print("\nKVM: not measured, /dev/kvm is not there")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Speed of the verifier beside others, on one core, in one run: medians of each good vector, then the median over vectors.

usage: run.py [BUILD] [--repeat N] [--core N]

The peers are those of test/peers: build them once with `ENARX_PEERS=1 test/peers/compare.py BUILD`; without them only ours is measured.
"""
import argparse
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
sys.path.insert(0, os.path.join(ROOT, "test/peers"))
from cases import write  # noqa: E402
from compare import PEERS, build_peer  # noqa: E402


def answers(core, *words):
    done = subprocess.run(["taskset", "-c", str(core), *map(str, words)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def process_ms(core, build, case, repeat):
    """`enarx verify` as a process, from start to end."""
    files = [case[key] for key in ("leaf", "ask", "crl") if key in case]
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(case["at"]))
    command = ["taskset", "-c", str(core), os.path.join(build, "enarx"), "verify", case["evidence"], "--policy", "authentic", "--at", at]
    for file in files:
        command += ["--endorsements", file]
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        times.append((time.perf_counter() - started) * 1000)
        if done.returncode != 0:
            raise SystemExit(f"enarx verify: {done.stdout.decode()}{done.stderr.decode()}")
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", default=os.path.join(ROOT, "build"))
    parser.add_argument("--repeat", type=int, default=201)
    parser.add_argument("--core", type=int, default=1)
    arguments = parser.parse_args()
    vectors = os.environ.get("ENARX_VECTORS", os.path.join(ROOT, "test/vectors"))
    build, core = os.path.abspath(arguments.build), arguments.core
    print(f"load before: {os.getloadavg()[0]:.2f}; core {core}; medians of {arguments.repeat}")
    with tempfile.TemporaryDirectory() as scratch:
        cases = {case["name"]: case for case in write(vectors, scratch)}
        file = os.path.join(scratch, "good.json")
        good = [case for case in cases.values() if case["good"]]
        with open(file, "w", encoding="utf-8") as out:
            json.dump(good, out)
        bench = os.path.join(build, "parts/attest_bench")
        programs = [bench] + [p for language in PEERS if (p := build_peer(language, build))]
        found = collections.defaultdict(list)
        for program in programs:
            for answer in answers(core, program, file, arguments.repeat):
                kind = cases[answer["name"]]["kind"]
                if answer["outcome"] == "accepted":
                    found[kind, answer["mode"], answer["peer"] + (", cold" if answer["peer"] == "enarx" else "")].append(answer["us"])
                    if "cached_us" in answer:
                        found[kind, answer["mode"], "enarx, chain cached"].append(answer["cached_us"])
        print("| what | verifier | vectors | median, ms |\n|---|---|---|---|")
        for (kind, mode, peer), times in sorted(found.items()):
            print(f"| {kind}, {mode} | {peer} | {len(times)} | {statistics.median(times) / 1000:.3f} |")
        digests = answers(core, bench, "--digests", arguments.repeat, os.path.join(vectors, "measure/snp/launch-digests-shared.json"))
        worst = max(digests, key=lambda d: d["us"])
        print(f"| launch digest | enarx | {len(digests)} | {statistics.median(d['us'] for d in digests) / 1000:.4f}"
              f" (greatest {worst['us'] / 1000:.4f}, {worst['pages']} pages) |")
        snp = next(case for case in good if case["kind"] == "snp" and "crl" in case)
        if os.path.exists(os.path.join(build, "enarx")):
            print(f"| snp, complete | `enarx verify`, the process | 1 | {process_ms(core, build, snp, 51):.1f} |")
        both = subprocess.run([bench, file, "0", "2"], capture_output=True, text=True, check=True).stdout
        many = json.loads(both.splitlines()[-1])
        print(f"| 10 000 x snp, complete | enarx, two cores against one | 1 | {many['times']:.2f} x ({many['one_s']:.2f} s, {many['all_s']:.2f} s); by the processor's time {many['times_by_cpu']:.2f} x |")
    print(f"load after: {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""The attestation service's log, as programs of others read it."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from log_reader import peer  # noqa: E402

WRITER = pathlib.Path(os.environ["ENARX_BUILD_DIR"]) / "parts" / "log-writer"
SIZES = [1, 2, 3, 255, 256, 257, 600, 1100]


def written():
    place = folder("state")
    done = execute([WRITER, place, *map(str, SIZES)])
    equal(done.status, 0, done.errors)
    return place, done.text.strip()


def read(place, key, newest=SIZES[-1]):
    checkpoints = [place / f"checkpoint.{size}" for size in SIZES if size <= newest]
    return execute([peer(), key, place / "log", *checkpoints, place])


@story("Go's sumdb reads checkpoints and tiles, proves each leaf, and each checkpoint begins the next ones", seconds=300)
def sumdb():
    place, key = written()
    outcome = read(place, key)
    equal(outcome.status, 0, outcome.errors)
    equal(outcome.text.strip(), f"{SIZES[-1]} leaves, {SIZES[-1]} proofs, {len(SIZES) * (len(SIZES) - 1) // 2} pairs of checkpoints")
    equal((place / "log/checkpoint").read_bytes(), (place / f"checkpoint.{SIZES[-1]}").read_bytes())


@story("the same reader notices a changed tile, entry, proof or checkpoint", seconds=300)
def noticed():
    place, key = written()
    for name in ("log/tile/0/001", "log/tile/0/004.p/76", "log/tile/1/000.p/4", "log/tile/entries/002", "proof.700",
                 "checkpoint.600", f"checkpoint.{SIZES[-1]}"):
        path = place / name
        right = path.read_bytes()
        path.write_bytes(right[:40] + bytes([right[40] ^ 1]) + right[41:])
        true(read(place, key).status != 0, f"{name} was changed and nobody noticed")
        path.write_bytes(right)
    equal(read(place, key).status, 0)


main()

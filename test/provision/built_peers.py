"""Peers in Go and Rust that need packages of others: built once, below the build folder, and only where ENARX_PEERS=1 allows it."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

HERE = pathlib.Path(__file__).parent


def _built(program, command, folder):
    if program.exists():
        return program
    if os.environ.get("ENARX_PEERS") != "1":
        skip(f"{program.name} is not built; ENARX_PEERS=1 builds it (recorded results: test/provision/README.md)")
    if not shutil.which(command[0]):
        skip(f"{command[0]} is not installed")
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Failed(f"{program.name} cannot be built: {made.stderr[-600:]}")
    return program


def go_peer(name):
    """Of the module in the folder of that name."""
    program = BUILD / "parts" / name.replace("_", "-")
    return _built(program, ["go", "build", "-mod=readonly", "-o", str(program), "."], HERE / name)


def rust_peer(name):
    """Of the crate in the folder of that name, which has that name with a hyphen."""
    store = BUILD / "rust-peers"
    return _built(store / "debug" / name.replace("_", "-"), ["cargo", "build", "--locked", "--target-dir", str(store)], HERE / name)

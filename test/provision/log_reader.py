"""The reader of logs in Go, log_peer, built once in the build folder."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

PEER = pathlib.Path(__file__).with_name("log_peer")


def peer():
    if not shutil.which("go"):
        skip("go is not installed: https://go.dev/dl, 1.24 or later")
    program = pathlib.Path(os.environ["ENARX_BUILD_DIR"]) / "parts" / "log-peer"
    built = subprocess.run(["go", "build", "-mod=readonly", "-o", program, "."], cwd=PEER, capture_output=True, text=True, check=False)
    if built.returncode != 0 and "dial tcp" in built.stderr:
        skip("golang.org/x/mod cannot be fetched: " + built.stderr.strip().splitlines()[-1])
    equal(built.returncode, 0, built.stderr)
    return program

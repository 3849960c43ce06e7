#!/usr/bin/env python3
"""Go's standard library tests itself in a Keep: `go test -exec`. What passes under the reference runtime passes here.

ENARX_TEST_LARGE=1 adds the packages that take longer.
"""
import os
import re
import shutil
import subprocess

from toolchain import HERE, harness

PACKAGES = ["strings", "sort", "path/filepath", "io/fs"]
LARGE = ["bufio", "encoding/json", "time", "unicode/utf8", "os"]


def go():
    found = shutil.which("go")
    if not found:
        harness.skip("Go is not installed")
    version = subprocess.run([found, "version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.search(r"go(\d+)\.(\d+)", version).groups())) < (1, 21):
        harness.skip(f"{version.strip()} cannot build for wasip1: that came with 1.21")
    return found


def test_package(package):
    run = f"{harness.PROGRAM} run" + ("" if harness.REFERENCE else f" --backend {harness.BACKEND}")
    environment = harness.environment({
        "GOOS": "wasip1", "GOARCH": "wasm", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "ENARX_GO_RUN": run})
    line = [go(), "test", "-vet=off", "-short", "-count=1", "-exec", str(HERE / "go_exec.sh"), package]
    done = subprocess.run(line, capture_output=True, text=True, env=environment, cwd=harness.scratch(), check=False)
    if done.returncode != 0:
        raise harness.Failed(done.stdout[-3000:] + done.stderr[-1000:])
    harness.contains(done.stdout, f"ok  \t{package}")


def register(package):
    @harness.story(f"Go's tests of {package}", seconds=600)
    def tell():
        test_package(package)


for name in PACKAGES + (LARGE if os.environ.get("ENARX_TEST_LARGE") else []):
    register(name)

harness.main()

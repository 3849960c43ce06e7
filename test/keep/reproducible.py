#!/usr/bin/env python3
"""Two builds in different folders have the same images, byte for byte, and so the same launch digests.

ENARX_TEST_REBUILD=1 builds them a second time from a copy of the tree, with nothing of ccache; ENARX_TEST_REBUILD=all Wasmtime and AWS-LC, too.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../scenario"))
from harness import BUILD, SOURCE, Skipped, equal, main, scratch, story, true  # noqa: E402

IMAGES = ("exec", "exec.tree", "shim-snp", "shim-verified", "shim-kvm", "shim-deprivileged")
TARGETS = ("exec", "shim-kvm", "shim-deprivileged", "shim_verified_bound")
REBUILD = os.environ.get("ENARX_TEST_REBUILD", "")


def image(name, build=BUILD):
    return (pathlib.Path(build) / "libexec/enarx" / name).read_bytes()


def dependencies():
    return pathlib.Path(re.search(r"^ENARX_DEPS:PATH=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.M).group(1))


@story("no image tells where it was built")
def places():
    deps = dependencies()
    home = pathlib.Path.home()
    ours = [SOURCE, BUILD]
    theirs = [deps, home / ".cargo", home / ".rustup", os.environ.get("CARGO_HOME") or home / ".cargo"]
    for name in IMAGES:
        content = image(name)
        for place in ours:
            true(f"{place}/".encode() not in content, f"{name} tells of {place}")
    if not all((deps / f"{crate}.flags").exists() for crate in ("wasmtime", "aws-lc")):
        raise Skipped(f"Wasmtime and AWS-LC in {deps} were built before tools/build_crate.sh kept paths out of them: a fresh ENARX_DEPS has none")
    for name in IMAGES:
        for place in theirs:
            true(f"{place}/".encode() not in image(name), f"{name} tells of {place}")


def copy_of_tree(place):
    """What git has of the tree, as it lies here."""
    shutil.rmtree(place, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=SOURCE, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (SOURCE / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, place / name)


@story("a second build, in another folder, has the same images", seconds=7200)
def twice():
    if not REBUILD:
        raise Skipped("ENARX_TEST_REBUILD=1 builds exec and the shims a second time, some minutes")
    place = scratch("another place")
    copy_of_tree(place)
    env = os.environ | {"CCACHE_DISABLE": "1", "ENARX_DEPS": str(place / "deps" if REBUILD == "all" else dependencies())}
    for line in (["cmake", "--preset", "release"], ["cmake", "--build", "build", "--target", *TARGETS]):
        made = subprocess.run(line, cwd=place, env=env, capture_output=True, text=True, check=False)
        equal(made.returncode, 0, made.stdout[-2000:] + made.stderr[-2000:])
    for name in IMAGES:
        true(image(name) == image(name, place / "build"), f"{name} is another")


main()

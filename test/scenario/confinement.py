#!/usr/bin/env python3
"""A directory of the host is the application's whole world: no name, link or race leads out of it."""
import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.dirname(__file__))
from harness import *  # noqa: E402,F403

SECRET = b"x" * 8192 + b"secret"


def world():
    """A directory with a secret beside it. Returns the options that give the directory to the application."""
    write("secret", SECRET)
    folder("data/sub")
    return ["--dir", f"{scratch('data')}::/data"]


def reads(path, options, **how):
    outcome = run("stream", "read", path, options=options, **how)
    equal(outcome.status in (0, 1), True, f"exit status {outcome.status}: {outcome.errors}")
    return outcome.status == 0


@story("names with .. stay inside")
def dots():
    options = world()
    for path in some(("/data/../secret", "/data/sub/../../secret", "/data/./../secret", "/secret", "../secret", "/data/sub/../../../secret"), 2):
        true(not reads(path, options), f"{path} was read")
    write("data/file", b"inside")
    true(reads("/data/sub/../file", options), "a name with .. that stays inside is refused")


@story("symbolic links of the host that lead out are not followed")
def links():
    options = world()
    os.symlink("../secret", scratch("data/relative"))
    os.symlink(scratch("secret"), scratch("data/absolute"))
    os.symlink("..", scratch("data/up"))
    os.symlink("/", scratch("data/root"))
    os.symlink("relative", scratch("data/twice"))
    os.symlink("/proc/self/root", scratch("data/magic"))
    for path in some(("relative", "absolute", "up/secret", f"root{scratch('secret')}", "twice", f"magic{scratch('secret')}"), 2):
        true(not reads(f"/data/{path}", options), f"{path} was read")
    os.symlink("sub/../inside", scratch("data/good"))
    write("data/inside", b"inside")
    true(reads("/data/good", options), "a link that stays inside is refused")


@story("nothing is written through a link that leads out")
def written_links():
    options = world()
    os.symlink("../secret", scratch("data/out"))
    os.symlink("../new", scratch("data/new"))
    for path in ("/data/out", "/data/new", "/data/../new"):
        equal(run("stream", "write", path, 1, options=options).status, 1, path)
    equal(scratch("secret").read_bytes(), SECRET)
    true(not scratch("new").exists(), "a file was made outside")


@story("a link that is exchanged while the application opens it again and again never leads out", seconds=120)
def race():
    options = world()
    write("data/good", b"inside")
    stop = threading.Event()

    def exchange():
        place, other = str(scratch("data/raced")), str(scratch("data/other"))
        while not stop.is_set():
            for target in ("good", "../secret"):
                try:
                    os.symlink(target, other)
                    os.replace(other, place)
                except OSError:
                    pass

    def exchange_folder():
        place = str(scratch("data/folder"))
        while not stop.is_set():
            try:
                os.mkdir(place)
                os.rmdir(place)
                os.symlink("..", place)
                os.unlink(place)
            except OSError:
                pass

    threads = [threading.Thread(target=target) for target in (exchange, exchange_folder)]
    for thread in threads:
        thread.start()
    try:
        outcome = run("race", "/data/raced", "/data/folder/secret", len(SECRET), options=options, timeout=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    succeeded(outcome)
    matches(outcome.text, r"opened \d+ of 20000, escaped 0\n")


@story("devices, pipes and sockets of a directory do not hold the application up for good")
def special_files():
    options = world()
    os.mkfifo(scratch("data/pipe"))
    process = start_run("stream", "read", "/data/pipe", options=["--timeout", 3 * PATIENCE, *options] if not REFERENCE else options)
    process.stdin.close()
    process.stdin = None
    outcome = finish(process, 10) if not REFERENCE else None
    if outcome:
        true(outcome.status in (0, 1, 124), f"exit status {outcome.status}")


@story("a directory given twice, and one inside another, are what they are")
def nested():
    world()
    write("data/sub/file", b"inside")
    options = ["--dir", f"{scratch('data')}::/a", "--dir", f"{scratch('data/sub')}::/b", "--dir", f"{scratch('data')}::/c"]
    for path in ("/a/sub/file", "/b/file", "/c/sub/file"):
        true(reads(path, options), path)
    true(not reads("/b/../file", options), "/b/../file")


@story("a directory that is removed while it is mounted gives errors, not crashes")
def removed():
    options = world()
    process = start_run("poll", 200, options=options)
    wait_for_line(process, "timeout")
    shutil.rmtree(scratch("data"))
    process.stdin.close()
    process.stdin = None
    succeeded(finish(process))


@story("mounts in memory do not exist on the host, and are empty again at the next start", ours=True)
def memory():
    config = write("Enarx.toml", '[[files]]\nkind = "dir"\npath = "/data"\nsource = "memory"\n')
    before = set(os.listdir(scratch()))
    succeeded(run("stream", "write", "/data/file", 1, options=["--config", config]))
    equal(run("stream", "read", "/data/file", options=["--config", config]).status, 1)
    equal(set(os.listdir(scratch())), before)
    outcome = run("files", "/data", options=["--config", config])
    equal([line for line in outcome.text.splitlines() if line.startswith("FAILED")], [])
    succeeded(run("many_files", "/data", 10000, options=["--config", config]))


@story("a package's files are there, read-only", ours=True)
def package():
    place = folder("package")
    shutil.copy(guest("stream"), place / "main.wasm")
    write("package/assets/deep/file", b"y" * (1 << 20))
    write("package/Enarx.toml", '[[files]]\nkind = "dir"\npath = "/app"\nsource = "package"\n')
    contains(succeeded(run(place, "read", "/app/assets/deep/file")).text, "bytes 1048576")
    equal(run(place, "write", "/app/new", 1).status, 1)
    equal(run(place, "write", "/app/assets/deep/file", 1).status, 1)
    equal(sorted(os.listdir(place)), ["Enarx.toml", "assets", "main.wasm"])


@story("a package's links do not lead out of it", ours=True)
def package_links():
    write("secret", SECRET)
    place = folder("package")
    shutil.copy(guest("stream"), place / "main.wasm")
    os.symlink("../secret", place / "out")
    write("package/Enarx.toml", '[[files]]\nkind = "dir"\npath = "/app"\nsource = "package"\n')
    true(run(place, "read", "/app/out").status != 0, "the secret was read")


@story("a host directory of the configuration lies beside the file that names it", ours=True)
def host():
    write("conf/data/file", b"inside")
    config = write("conf/Enarx.toml", '[[files]]\nkind = "dir"\npath = "/data"\nsource = "host"\nhost_path = "data"\nmode = "rw"\n')
    options = ["--config", config]
    true(reads("/data/file", options), "not found beside the file")
    true(not reads("/data/../Enarx.toml", options), "the file beside it was read")
    succeeded(run("stream", "write", "/data/new", 1, options=options))
    equal(scratch("conf/data/new").stat().st_size, 1 << 20)


main()

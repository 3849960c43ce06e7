#!/usr/bin/env python3
"""A Keep whose exec is somebody else's: what it can do with what `enarx run` hands to exec, to other runs, to folders that it may
only read and on the network. Nothing that the user would notice, is what is to be shown.

An installation of its own has test/keep/programs/intruder.c in the place of exec. The next run is by the real one.
"""
import hashlib
import os
import shutil
import socket
import struct
import sys

os.environ["ENARX_TEST_BACKEND"] = "kvm"
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))
import harness  # noqa: E402
from harness import *  # noqa: E402,F403

HEADER = struct.Struct("<8sQ32s32s32s")  # src/protocol/launch/artefact.hpp
OTHERS = ["hello", "multi_value.wat", "tail_call.wat"]
SOMEBODY = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "SOMEBODY ELSE\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 14))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"""


def cache():
    return {"XDG_CACHE_HOME": str(scratch("cache"))}


def artefacts():
    """path -> bytes of all compiled code that is kept"""
    return {path: path.read_bytes() for path in scratch("cache/enarx/code").rglob("*") if path.is_file()}


def plain(module, backend):
    return run(module, options=["--backend", backend], env=cache())


def targets():
    """Modules with what they say and return, without anybody's doing."""
    found = {}
    for name in OTHERS:
        outcome = run(name, options=["--backend", "nil", "--no-cache"])
        found[guest(name)] = (outcome.status, outcome.text)
    return found


def forged(module):
    """An artefact that looks as if it were of that module, with the code of another. The cache is empty afterwards."""
    shutil.rmtree(scratch("cache"), ignore_errors=True)
    folder("cache").chmod(0o700)
    somebody = write("somebody.wat", SOMEBODY)
    succeeded(plain(somebody, "kvm"), "SOMEBODY ELSE\n")
    whole = next(iter(artefacts().values()))
    magic, length, _, engine, digest = HEADER.unpack_from(whole)
    code = whole[HEADER.size:]
    shutil.rmtree(scratch("cache"))
    folder("cache").chmod(0o700)
    equal(len(code), length, "code of the artefact")
    return HEADER.pack(magic, length, hashlib.sha256(module.read_bytes()).digest(), engine, digest) + code


def intrude(module, orders, files=(), options=(), env=None):
    """Runs the module by the installation whose exec is the intruder; what it said."""
    place = folder("installation/libexec/enarx")
    if not (place / "exec").exists():
        shutil.copy(BUILD / "enarx", scratch("installation/enarx"))
        for part in (BUILD / "libexec/enarx").glob("shim-*"):
            shutil.copy(part, place / part.name)
        # As large and as old as the real one, which is part of the name of what it compiles.
        shutil.copy(BUILD / "parts/keep-program-intruder", place / "exec")
        real = (BUILD / "libexec/enarx/exec").stat()
        os.truncate(place / "exec", real.st_size)
        os.utime(place / "exec", ns=(real.st_atime_ns, real.st_mtime_ns))
    text = orders.encode() + b"\nFILES\n" + b"".join(b"%s %d\n" % (name.encode(), len(data)) + data for name, data in files)
    write("orders/orders", text)
    line = [scratch("installation/enarx"), "run", "--backend", "kvm", "--dir", scratch("orders"), *options, module]
    outcome = execute(line, env=env or cache())
    equal(outcome.status, 0, f"status of the intruder: {outcome.errors}")
    return outcome.text


def names_of_all(modules):
    """The names under which the code of each module is kept, by running them; the cache is as before the attack."""
    for module in modules:
        for backend in ("nil", "kvm"):
            plain(module, backend)
    return {path.name for path in artefacts()}


def unharmed(modules, but=None):
    for module, (status, text) in modules.items():
        for backend in ("nil", "kvm"):
            if (module, backend) == (but, "kvm"):
                continue
            for time in ("first", "second"):
                outcome = plain(module, backend)
                equal((outcome.status, outcome.text), (status, text), f"{module.name} with {backend}, {time} time")


@story("whatever an exec in a Keep writes, no other run executes", ours=True, seconds=300)
def planted():
    modules = targets()
    for module in modules:
        code = forged(module)
        names = names_of_all(modules)
        # With everything kept already, and with nothing: then it is given a stream.
        for kept in (True, False):
            if not kept:
                shutil.rmtree(scratch("cache"))
                folder("cache").chmod(0o700)
            for own in modules:
                said = intrude(own, "fill", [("code", code), *((name, code) for name in sorted(names))])
                contains(said, "folders 0")
            # What it left for its own module, in the place of KVM Keeps that run that, is the one thing that it could leave.
            unharmed(modules, but=module)
            if not kept:
                equal(plain(module, "kvm").text, "SOMEBODY ELSE\n", "forged code where it is believed")


@story("another application with the same module does not run what the Keep of the first wrote", ours=True, seconds=120)
def same_module():
    module = guest("hello")
    code = forged(module)
    config = write("Enarx.toml", "[env]\nOTHER = '1'\n")
    contains(intrude(module, "fill", [("code", code)]), "streams 1")
    for _ in range(2):
        succeeded(run(module, options=["--config", config], env=cache()), "Hello, world!\n")


@story("a Keep is given no folder of compiled code, and a file of it only to read", ours=True, seconds=60)
def given():
    module = guest("hello")
    plain(module, "kvm")
    before = artefacts()
    equal(len(before), 1)
    text = write("x", b"x" * 100)
    said = intrude(module, "fill", [("code", text.read_bytes())])
    contains(said, "folders 0")
    for path, data in before.items():
        equal(path.read_bytes(), data, "an artefact that is there")


@story("folders that a Keep may only read stay as they are, whatever it calls", ours=True, seconds=60)
def read_only():
    module = guest("hello")
    for place in ("host", "package"):
        write(f"{place}/file", "content")
        folder(f"{place}/folder")
    shutil.copy(module, scratch("package/main.wasm"))
    entry = "[[files]]\nkind = 'dir'\npath = '/{0}'\nsource = '{0}'\n"
    toml = entry.format("host") + f"host_path = '{scratch('host')}'\nmode = 'ro'\n" + entry.format("package")
    write("package/Enarx.toml", toml)

    def seen():
        every = [scratch("host"), scratch("package"), *scratch("host").rglob("*"), *scratch("package").rglob("*")]
        return {path: (s.st_ino, s.st_mode, s.st_nlink, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for path in every for s in [path.lstat()]}

    before = seen()
    said = intrude(scratch("package"), "change")
    equal(said, "folders 2\n", "what the intruder could do")
    equal(seen(), before, "the folders")


def listening():
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    door.listen()
    return door, door.getsockname()[1]


@story("a Keep reaches the addresses of its configuration, and no other", ours=True, seconds=60)
def addresses():
    wanted, port = listening()
    unwanted, other = listening()
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    own = free.getsockname()[1]
    free.close()
    toml = f"[[files]]\nkind = 'connect'\nname = 'c'\nprot = 'tcp'\nhost = 'localhost'\nport = {port}\n"
    toml += f"[[files]]\nkind = 'listen'\nname = 'l'\nprot = 'tcp'\naddr = '127.0.0.1'\nport = {own}\n"
    config = write("Enarx.toml", toml)
    module = guest("hello")
    orders = f"dial 127.0.0.1 {port}\ndial 127.0.0.1 {other}\ndial 192.0.2.1 {port}\nserve 127.0.0.1 {own}\nserve 0.0.0.0 {own}\nserve 127.0.0.1 0"
    said = intrude(module, orders, options=["--config", config]).splitlines()
    no = ": Permission denied"
    equal(said, ["dial: done", f"dial{no}", f"dial{no}", "serve: done", f"serve{no}", f"serve{no}"])
    equal(intrude(module, orders).splitlines(), [f"dial{no}"] * 3 + [f"serve{no}"] * 3, "without a configuration")
    unwanted.close()
    wanted.close()


main()

#!/usr/bin/env python3
"""Holds the floors of docs/architecture.md: who may include what. Run as a test; `check_layers.py DIR` checks another tree."""
import os, re, sys

# Folder -> (floor, pure). A file includes from lower floors or from its own folder; pure folders touch no system header.
FLOORS = {
    "base": (0, True), "hw": (1, True), "protocol": (1, True),
    "os": (2, False), "crypto": (2, False), "net": (2, False),
    "package": (3, True), "attest": (3, True),
    "policy": (4, False),
    "keep/shim": (4, True), "keep/exec": (4, False), "host/vmm": (4, False), "host/serve": (4, False), "host/cli": (5, False), "service": (5, False), "signer": (5, False),
}
# The platform that is an ordinary process, for tests and fuzzers; no Keep holds it.
ORDINARY_PROCESS = "keep/shim/platform/fake/"
# Between folders of one floor, and across the border of the TEE, only these.
SAME_FLOOR = {("protocol", "hw"), ("crypto", "os"), ("net", "os"), ("net", "crypto")}
SIDES = {"keep": "keep", "host": "host", "service": "service", "signer": "signer"}
# A third-party header belongs to one folder.
OWNERS = [
    (re.compile(r"^(wasmtime|wasm|wasi)(\.h|\.hh|/)"), ("keep/exec/engine",)),
    (re.compile(r"^openssl/"), ("crypto",)),
    (re.compile(r"^toml\+\+/|^toml"), ("package",)),
    (re.compile(r"^boost/(beast|asio)|^curl/"), ("net",)),
    (re.compile(r"^ares"), ("keep/exec/net",)),
    (re.compile(r"^linux/kvm\.h$"), ("host/vmm",)),
    (re.compile(r"^CLI/"), ("host/cli",)),
    (re.compile(r"^p11-kit/"), ("signer",)),
    (re.compile(r"^sqlite3"), ("service/store/sqlite",)),
    (re.compile(r"^nlohmann/"), ("attest", "host", "keep/exec", "net", "package", "service")),
]
SYSTEM = re.compile(r"^(sys/|linux/|netinet/|arpa/|net/if|unistd\.h|fcntl\.h|poll\.h|signal\.h|dirent\.h|pthread\.h|netdb\.h|sched\.h|termios\.h)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    best = max((f for f in FLOORS if path == f or path.startswith(f + "/")), key=len, default=None)
    return best


def problems_of(root):
    src = os.path.join(root, "src")
    files = 0
    for folder, _, names in os.walk(src):
        for name in sorted(names):
            if not name.endswith((".cpp", ".hpp", ".h", ".S")):
                continue
            files += 1
            path = os.path.relpath(os.path.join(folder, name), src)
            mine = folder_of(path)
            is_test = re.search(r"_(test|fuzz)\.cpp$", name)
            if mine is None:
                yield f"{path}: stands in no folder of the table"
                continue
            floor, pure = FLOORS[mine]
            for number, line in enumerate(open(os.path.join(folder, name), encoding="utf-8"), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                quoted, target = match.group(1) == '"', match.group(2)
                where = f"{path}:{number}: includes {target}"
                if quoted:
                    theirs = folder_of(target)
                    if theirs is None:
                        yield f"{where}: not a path from src/"
                    elif theirs != mine:
                        side, other = SIDES.get(mine.split("/")[0]), SIDES.get(theirs.split("/")[0])
                        if side and other and side != other:
                            yield f"{where}: {side} and {other} meet only in protocol/"
                        elif FLOORS[theirs][0] > floor or (FLOORS[theirs][0] == floor and (mine, theirs) not in SAME_FLOOR):
                            yield f"{where}: floor {FLOORS[theirs][0]} is not below floor {floor}"
                        elif pure and not is_test and FLOORS[theirs][0] == 2 and theirs != "crypto":
                            yield f"{where}: {mine} is pure"
                    continue
                if is_test:
                    continue
                if pure and SYSTEM.match(target) and not path.startswith(ORDINARY_PROCESS):
                    yield f"{where}: {mine} is pure, no system header"
                for pattern, owners in OWNERS:
                    if pattern.match(target) and not any(path.startswith(o + "/") for o in owners):
                        yield f"{where}: belongs to {' and '.join(owners)} alone"
    if files == 0:
        yield f"{src}: no source file found"


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    problems = list(problems_of(root))
    print("\n".join(problems))
    print("0 passed, 1 failed" if problems else "1 passed, 0 failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

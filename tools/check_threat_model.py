#!/usr/bin/env python3
"""Holds docs/threat-model.md and docs/snp-mistakes.md to what is there: each row names files that exist, tests that stand in their files, and has breakers (tools/claims.py)."""
import pathlib, sys

import claims


def problems_of(root):
    rows = claims.read_rows(root)
    breakers, problems = claims.read_breakers(root)
    return [*problems, *claims.problems_of_rows(root, rows), *claims.problems_of_breakers(root, rows, breakers)]


def main():
    problems = problems_of(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else claims.ROOT)
    for problem in problems:
        print(f"FAILED {problem}")
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

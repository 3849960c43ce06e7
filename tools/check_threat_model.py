#!/usr/bin/env python3
"""Holds docs/threat-model.md to what is there: each row names files that exist and a test that stands in its file.

A row is `| claim | backends | kept by | tried by |`. "Kept by" holds files in back quotes; "tried by" holds files in back
quotes, each followed by `: words of the test's name` or, where the whole file is the test, by nothing.
"""
import pathlib, re, sys

TRIED = re.compile(r"`([^`]+)`(?::\s*([^;|]+))?")


def problems_of(root, text):
    rows = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|") or line.startswith("|---") or line.startswith("| claim"):
            continue
        rows += 1
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 4:
            yield f"line {number}: {len(cells)} cells instead of 4"
            continue
        claim, _, kept, tried = cells
        keepers, tests = re.findall(r"`([^`]+)`", kept), TRIED.findall(tried)
        if not claim or not keepers or not tests:
            yield f"line {number}: a claim, a file and a test are needed"
        for file in keepers + [file for file, _ in tests]:
            if not (root / file).is_file():
                yield f"line {number}: there is no {file}"
        for file, words in tests:
            if words and (root / file).is_file() and words.strip() not in (root / file).read_text():
                yield f"line {number}: {file} has no test '{words.strip()}'"
    if rows == 0:
        yield "the table has no row"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    problems = list(problems_of(root, (root / "docs/threat-model.md").read_text()))
    for problem in problems:
        print(f"FAILED docs/threat-model.md: {problem}")
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return bool(problems)


sys.exit(main())

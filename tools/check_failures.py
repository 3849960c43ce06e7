#!/usr/bin/env python3
"""Holds src/protocol/failure/failures.inc to the code: every failure is told somewhere, and every one that is told is explained.

A failure that nothing reports, a name in the code that the table does not have, and advice that does not end as a
sentence are faults. `check_failures.py DIR` checks another tree.
"""
import pathlib, re, sys

STRING = r'"((?:[^"\\]|\\.)*)"'
ROW = re.compile(r'^\{"([^"]*)", (\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\},$', re.MULTILINE)
# How code names a failure: failure("name", ...), Failure{"name", ...} and {.name = "name", .text = ...}.
TOLD = re.compile(r'\b(?:failure|failed|Failure)\s*[({]\s*"([a-z0-9-]+)"|\.name = "([a-z0-9-]+)",\s*\.text\b')


def rows_of(text):
    for match in ROW.finditer(text):
        summary, advice = ("".join(re.findall(STRING, match.group(cell))) for cell in (3, 4))
        yield match.group(1), summary, advice


def problems_of(root):
    table = root / "src/protocol/failure/failures.inc"
    rows = list(rows_of(table.read_text()))
    names = [name for name, _, _ in rows]
    code = {path: path.read_text() for path in sorted((root / "src").rglob("*.[ch]pp"))
            if not path.stem.endswith(("_test", "_fuzz"))}

    if len(rows) != len(re.findall(r"^\{", table.read_text(), re.MULTILINE)):
        yield "a row is not written as the others: {\"name\", Status, \"what happened.\", \"what to do.\"},"
    for name in sorted(set(names)):
        if names.count(name) > 1:
            yield f"'{name}' stands there twice"
    for name, summary, advice in rows:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            yield f"'{name}' is not kebab-case"
        for text in (summary, advice):
            if not text.endswith(".") or "  " in text:
                yield f"'{name}': not a sentence with single spaces: {text}"
        if not any(f'"{name}"' in text or f"({name})" in text for text in code.values()):
            yield f"'{name}' is reported nowhere in src/"
    for path, text in code.items():
        for told in TOLD.finditer(text):
            name = told.group(1) or told.group(2)
            if name not in names:
                line = text.count("\n", 0, told.start()) + 1
                yield f"{path.relative_to(root)}:{line} reports '{name}', which is not in the table"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    problems = list(problems_of(root))
    for problem in problems:
        print(f"FAILED src/protocol/failure/failures.inc: {problem}")
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return bool(problems)


sys.exit(main())

#!/usr/bin/env python3
"""docs/Enarx.schema.json accepts and refuses the files that the parser accepts and refuses.

    schema_test.py ENARX

The same files are read by the parser's own test (src/package/samples_test.cpp). The template that `enarx config init`
writes is checked as it stands, and with its examples uncommented.
"""
import glob, json, os, re, subprocess, sys, tempfile, tomllib

from jsonschema import Draft202012Validator

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HERE = os.path.join(ROOT, "test", "configuration")


def template(enarx):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([enarx, "config", "init"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "Enarx.toml"), encoding="utf-8") as file:
            return file.read()


def uncommented(text):
    lines = [line[2:] for line in text.splitlines() if re.match(r"# (\w+ = |\[)", line)]
    return "\n".join(lines)


def main():
    schema = json.load(open(os.path.join(ROOT, "docs", "Enarx.schema.json"), encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    written = template(sys.argv[1])
    cases = [("template", written, True), ("template, uncommented", uncommented(written), True)]
    files = [(path, True) for path in glob.glob(os.path.join(HERE, "good", "*.toml"))]
    files += [(path, True) for path in glob.glob(os.path.join(ROOT, "demos", "**", "Enarx.toml"), recursive=True)]
    files += [(path, False) for path in glob.glob(os.path.join(HERE, "bad", "*.toml"))]
    cases += [(os.path.relpath(path, ROOT), open(path, encoding="utf-8").read(), wanted) for path, wanted in sorted(files)]
    failed = 0
    for name, text, wanted in cases:
        error = next(iter(validator.iter_errors(tomllib.loads(text))), None)
        if (error is None) != wanted:
            failed += 1
            print(f"{name}: " + (f"refused: {error.message}" if error else "accepted, but the parser refuses it"))
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

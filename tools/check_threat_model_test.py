#!/usr/bin/env python3
"""Tests of the check of the threat model: a sound table passes, and each way to claim more than is tried is found."""
import pathlib, sys, tempfile

import check_threat_model

ROW = "| {claim} | all | `src/keep.cpp` | {tried} | {date} |"
SOUND = {"claim": "Nothing leaves", "tried": "`src/keep_test.cpp`: HoldsIt; `src/keep_fuzz.cpp`", "date": "2026-11-30"}
BREAKER = """claim = "{claim}"
[[breaker]]
removes = "the check"
notices = ["{notices}"]
[[breaker.edit]]
file = "src/keep.cpp"
old = "{old}"
new = "{new}"
"""
SOUND_BREAKER = {"claim": "Nothing leaves", "notices": "src/keep_test.cpp: HoldsIt", "old": "if (bad) refuse();", "new": ""}

# What is changed in the sound table or its breaker, and a part of what must be said of it.
CASES = [
    ({}, {}, None),
    ({"tried": "`src/keep_test.cpp`: HoldsNothing"}, {}, "has no test 'HoldsNothing'"),
    ({"tried": "`src/gone_test.cpp`: HoldsIt"}, {}, "there is no src/gone_test.cpp"),
    ({"tried": "by eye"}, {}, "a test are needed"),
    ({"date": "- | more"}, {}, "6 cells"),
    ({"tried": "`src/keep_test.cpp`: HoldsIt; `src/other_test.cpp`: HoldsToo"}, {}, "nothing is broken that `src/other_test.cpp: HoldsToo` should notice"),
    ({}, {"claim": "Nothing comes in"}, "no row claims 'Nothing comes in'"),
    ({}, {"claim": "Nothing comes in"}, "no breaker: 'Nothing leaves'"),
    ({}, {"notices": "src/keep_test.cpp: HoldsSomethingElse"}, "the row does not name"),
    ({}, {"old": "if (worse) refuse();"}, "stands 0 times"),
    ({}, {"old": "e"}, "times in src/keep.cpp"),
    ({}, {"new": "if (bad) refuse();"}, "changes nothing"),
]


MISTAKE = ("docs/snp-mistakes.md", "| mistake | backends | kept by | tried by | broken on |\n|---|---|---|---|---|\n" +
           ROW.format(claim="Mistake 1: nobody looks", tried="`src/other_test.cpp`: HoldsToo", date="-") + "\n")
OF_MISTAKE = BREAKER.format(claim="Mistake 1: nobody looks", notices="src/other_test.cpp: HoldsToo", old="if (unread) look();", new="")


def tree(root, row, breaker):
    for name, text in {
        MISTAKE[0]: MISTAKE[1],
        "test/breakers/two.toml": OF_MISTAKE,
        "docs/threat-model.md": "| claim | backends | kept by | tried by | broken on |\n|---|---|---|---|---|\n" + ROW.format(**row) + "\n",
        "src/keep.cpp": "void keep() {\n    if (bad) refuse();\n    if (unread) look();\n}\n",
        "src/keep_test.cpp": "TEST(Keep, HoldsIt) {}\n",
        "src/other_test.cpp": "TEST(Other, HoldsToo) {}\n",
        "src/keep_fuzz.cpp": "\n",
        "test/breakers/one.toml": BREAKER.format(**breaker),
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


passed = failed = 0
for row, breaker, wanted in CASES:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        tree(root, SOUND | row, SOUND_BREAKER | breaker)
        problems = check_threat_model.problems_of(root)
        if (wanted is None and not problems) or (wanted and any(wanted in problem for problem in problems)):
            passed += 1
        else:
            failed += 1
            print(f"FAILED {row} {breaker}: wanted {wanted}, found {problems}")
print(f"{passed} passed, {failed} failed")
sys.exit(bool(failed))

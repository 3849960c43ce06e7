"""The claims of docs/threat-model.md, and of docs/snp-mistakes.md, and the breakers of test/breakers/, read and held against each other.

A row is `| claim | backends | kept by | tried by | broken on |`. "Kept by" holds files in back quotes; "tried by" holds files in back quotes, each
followed by `: words of the test's name` or, where the whole file is the test, by nothing. "Broken on" is the day on which all breakers of the row were last seen to be noticed.

A breaker is a small edit of the code that removes what keeps a claim; the tests that it names must then fail. Its file:

    claim = "text of the row's first cell"
    [[breaker]]
    removes = "what the edit takes away, in one line"
    notices = ["src/x/y_test.cpp: WordsOfTheTest"]    # as in "tried by"; each of them must fail
    backend = "kvm"                                   # for stories in Python: ENARX_TEST_BACKEND; default: as the only one that there is, else nil
    build = ["enarx"]                                 # targets; default: the test's program, or for stories the product
    [[breaker.edit]]
    file = "src/x/y.cpp"
    old = '''text that stands exactly once in the file'''
    new = '''what replaces it'''
"""
import dataclasses, pathlib, re, tomllib

TRIED = re.compile(r"`([^`]+)`(?::\s*([^;|]+))?")
ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ["docs/threat-model.md", "docs/snp-mistakes.md"]
HEADS = ("| claim |", "| mistake |", "|---")


@dataclasses.dataclass(frozen=True)
class Test:
    file: str
    words: str

    def __str__(self):
        return self.file + (": " + self.words if self.words else "")

    @staticmethod
    def of(text):
        file, _, words = text.partition(":")
        return Test(file.strip().strip("`"), words.strip())

    @property
    def fuzzer(self):
        return self.file.endswith("_fuzz.cpp")


@dataclasses.dataclass
class Row:
    document: str
    line: int
    claim: str
    cells: list
    keepers: list
    tests: list


@dataclasses.dataclass
class Breaker:
    file: str
    removes: str
    notices: list
    edits: list
    backend: str | None
    build: list | None


def rows_of(document, text):
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|") or line.startswith(HEADS):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        tried = TRIED.findall(cells[3]) if len(cells) > 3 else []
        keepers = re.findall(r"`([^`]+)`", cells[2]) if len(cells) > 2 else []
        yield Row(document, number, cells[0], cells, keepers, [Test(file, words.strip()) for file, words in tried])


def read_rows(root=ROOT):
    return [row for document in DOCUMENTS for row in rows_of(document, (root / document).read_text())]


def read_breakers(root=ROOT):
    """Claim -> its breakers. A file that cannot be read as one is told as a problem."""
    breakers, problems = {}, []
    for path in sorted((root / "test/breakers").glob("*.toml")):
        name = str(path.relative_to(root))
        try:
            content = tomllib.loads(path.read_text())
            claim = content["claim"]
            found = [
                Breaker(name, one["removes"], [Test.of(text) for text in one["notices"]], one["edit"], one.get("backend"), one.get("build"))
                for one in content["breaker"]
            ]
            for breaker in found:
                for edit in breaker.edits:
                    edit["file"], edit["old"], edit["new"]
        except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{name}: {type(error).__name__}: {error}")
            continue
        if claim in breakers:
            problems.append(f"{name}: the claim has a second file, {breakers[claim][0].file}")
        breakers[claim] = found
    return breakers, problems


def problems_of_rows(root, rows):
    for row in rows:
        where = f"{row.document}, line {row.line}"
        if len(row.cells) != 5:
            yield f"{where}: {len(row.cells)} cells instead of 5"
            continue
        if not row.claim or not row.keepers or not row.tests:
            yield f"{where}: a claim, a file and a test are needed"
        for file in row.keepers + [test.file for test in row.tests]:
            if not (root / file).is_file():
                yield f"{where}: there is no {file}"
        for test in row.tests:
            if test.words and (root / test.file).is_file() and test.words not in (root / test.file).read_text():
                yield f"{where}: {test.file} has no test '{test.words}'"
    for document in set(DOCUMENTS) - {row.document for row in rows}:
        yield f"{document}: the table has no row"


def problems_of_breakers(root, rows, breakers):
    claims = {row.claim: row for row in rows}
    for claim, found in breakers.items():
        if claim not in claims:
            yield f"{found[0].file if found else '?'}: no row claims '{claim}'"
    for row in rows:
        found = breakers.get(row.claim)
        if not found:
            yield f"{row.document}, line {row.line}: no breaker: '{row.claim}'"
            continue
        noticed = {test for breaker in found for test in breaker.notices}
        for test in sorted(noticed - set(row.tests), key=str):
            yield f"{found[0].file}: the row does not name `{test}`"
        for test in row.tests:
            if not test.fuzzer and test not in noticed:
                yield f"{found[0].file}: nothing is broken that `{test}` should notice"
        for breaker in found:
            if not breaker.notices or not breaker.edits:
                yield f"{breaker.file}: '{breaker.removes}' needs an edit and a test that notices it"
            for edit in breaker.edits:
                path = root / edit["file"]
                times = path.read_text().count(edit["old"]) if path.is_file() else 0
                if times != 1:
                    yield f"{breaker.file}: the text of '{breaker.removes}' stands {times} times in {edit['file']}"
                elif edit["old"] == edit["new"]:
                    yield f"{breaker.file}: '{breaker.removes}' changes nothing"

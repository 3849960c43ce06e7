#!/usr/bin/env python3
"""Holds the models of docs/protocol/provision and the tables of docs/protocol/provision.md to the code.

Compared are the fields of each message with their numbers and their order, the texts that keep things apart (purposes,
labels, HPKE's info) and the types of frames. In the models they stand in comments: `@fields MESSAGE: 1 name, ...` above a
constructor, `@text WHAT "text"` beside a constant. `check_model.py DIR` checks another tree.
"""
import pathlib, re, sys

# Where the code has each text: file, and what stands around it.
TEXTS = {
    "purpose.provision": ("src/protocol/evidence/purpose.hpp", r'purposes\{\s*"[^"]*",\s*"([^"]*)"'),
    "purpose.ready": ("src/protocol/evidence/purpose.hpp", r'purposes\{\s*"[^"]*",\s*"[^"]*",\s*"([^"]*)"'),
    "purpose.app": ("src/protocol/evidence/purpose.hpp", r'purposes\{\s*"([^"]*)"'),
    "keep-id": ("src/protocol/provision/binding.cpp", r'view_of\("(enarx/v1/keep[^"]*)"\)'),
    "grant.info": ("src/protocol/provision/grant.hpp", r'grant_info = "([^"]*)"'),
    "grant.type": ("src/protocol/provision/signed.hpp", r'grant_type = "([^"]*)"'),
    "deployment.type": ("src/protocol/provision/signed.hpp", r'deployment_type = "([^"]*)"'),
    "package.commitment": ("src/package/oci/layer.cpp", r'hkdf_sha256\(key, id, base::view_of\("([^"]*)"\)'),
    "exporter.binder": ("src/crypto/authenticator.hpp", r'attestation_label = "([^"]*)"'),
    "exporter.context": ("src/crypto/tls_session.cpp", r'"(EXPORTER-server authenticator handshake context)"'),
    "exporter.finished": ("src/crypto/tls_session.cpp", r'"(EXPORTER-server authenticator finished key)"'),
    "exporter.client-context": ("src/crypto/tls_session.cpp", r'"(EXPORTER-client authenticator handshake context)"'),
    "exporter.client-finished": ("src/crypto/tls_session.cpp", r'"(EXPORTER-client authenticator finished key)"'),
    "entrust.info": ("src/protocol/provision/entrust.cpp", r'info = "([^"]*)"'),
    "entrust.type": ("src/protocol/provision/entrust.hpp", r'entrust_type = "([^"]*)"'),
    "service.type": ("src/protocol/provision/entrust.hpp", r'service_type = "([^"]*)"'),
    "authenticator.signature": ("src/crypto/authenticator.cpp", r'label\{"([^"\\]*)\\0"'),
}
# Texts that the page has to say, too.
ON_THE_PAGE = {"purpose.provision", "purpose.ready", "purpose.app", "keep-id", "grant.info", "package.commitment", "exporter.binder", "entrust.info", "entrust.type", "service.type"}
# Messages, where the code reads them, and under which heading the page has their table.
MESSAGES = {
    "binding": ("src/protocol/provision/binding.cpp", "Binding"),
    "deployment": ("src/protocol/provision/deployment.cpp", "Deployment and grant"),
    "grant": ("src/protocol/provision/grant.cpp", "Deployment and grant"),
    "signature": ("src/protocol/provision/signed.cpp", None),
    "service": ("src/protocol/provision/entrust.cpp", None),
    "entrust": ("src/protocol/provision/entrust.cpp", None),
}
# Messages that the page writes as `{1: this, 2: that}` behind words that stand once.
IN_A_LINE = {
    "service": ("src/protocol/provision/entrust.cpp", "application/vnd.enarx.service.v1+cbor`: "),
    "entrust": ("src/protocol/provision/entrust.cpp", "application/vnd.enarx.entrust.v1+cbor`: "),
    "withdraw": ("src/protocol/provision/entrust.cpp", "application/vnd.enarx.withdraw.v1+cbor`: "),
    "granted": ("src/protocol/provision/pull.cpp", "purpose `provision` | "),
    "attestation": ("src/protocol/provision/pull.cpp", "`POST /v1/attest` | "),
    "certified": ("src/protocol/provision/pull.cpp", "as 2, purpose `ready` | "),
}
# Numbers of HPKE's suites and of the extension that the page names.
NUMBERS = {
    "cmw_attestation": ("src/crypto/authenticator.hpp", r"attestation_extension = 0x([0-9a-f]+)", r"`cmw_attestation` \(0x([0-9A-Fa-f]+)"),
    "ES256": ("src/protocol/provision/signed.cpp", r"es256 = (-\d+)", r"`\{1: (-\d+), 3: type, 4: SubjectPublicKeyInfo"),
}


def read_fields(code, message):
    """[(number, field)] as the decoder wants them: they rise, in deterministic encoding."""
    return sorted((int(number), field) for field, number in re.findall(rf'\.key\("{message}\.([a-z-]+)", (\d+)\)', code))


def written_numbers(code):
    """The keys that the encoder writes."""
    encoder = re.findall(r"(?:\bput|\bnumber)\((\d+), |writer\.unsigned_number\((\d+)\)", code)
    return {int(one or other) for one, other in encoder}


def model_comments(text):
    fields = [(message, [(int(n), name) for n, name in re.findall(r"(\d+) ([a-z-]+)", body)], arguments.count(",") + 1 if arguments else 0)
              for message, body, arguments in re.findall(r"\(\* @fields (\w+): ([^*]*) \*\)\s*(?:fun \w+\(([^)]*)\))?", text)]
    texts = [(what, said) for what, said in re.findall(r'\(\* @text ([a-z.-]+) "([^"]*)" \*\)', text)]
    marks = len(re.findall(r"@fields \w|@text [a-z]", text))
    return fields, texts, marks


def section(page, heading):
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def page_fields(text, message):
    """Of a table `| key | field | ...` or of two beside each other, named in its head."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    if not rows:
        return []
    head = rows[0]
    column = head.index(message) if message in head else (head.index("field") if "field" in head else None)
    if column is None:
        return []
    return [(int(row[column - 1]), row[column].strip("`")) for row in rows if len(row) > column and row[column - 1].isdigit()]


def frame_types(code):
    body = re.search(r"enum class FrameType[^{]*\{(.*?)\};", code, re.DOTALL)
    return [(int(number), name.lower()) for name, number in re.findall(r"(\w+) = (\d+),", body.group(1) if body else "")]


def page_frames(page):
    return [(int(number), name) for number, name in re.findall(r"^\| (\d+) \| `(\w+)` \| (?:grantor|Keep|both) \|", section(page, "Frames"), re.MULTILINE)]


def message_problems(root, page, models):
    for message, (file, heading) in MESSAGES.items():
        code = (root / file).read_text()
        wanted = read_fields(code, message)
        if not wanted:
            yield f"{file}: no field of '{message}' is read there any more"
        if missing := {number for number, _ in wanted} - written_numbers(code):
            yield f"{file}: read and not written: {message} {sorted(missing)}"
        if heading and (found := page_fields(section(page, heading), message)) != wanted:
            yield f"docs/protocol/provision.md, {heading}: {message} is {wanted} in the code, and there {found}"
        stated = [field for _, fields, _ in models for name, list_, _ in fields if name == message for field in list_]
        if stated != wanted:
            yield f"the models: {message} is {wanted} in the code, and there {stated}"


def line_problems(root, page):
    for message, (file, words) in IN_A_LINE.items():
        wanted = [number for number, _ in read_fields((root / file).read_text(), message)]
        found = re.findall(re.escape(words) + r"`\{([^}]*)\}", page)
        said = [int(number) for number in re.findall(r"(?:^|, )(\d+): ", found[0])] if len(found) == 1 else None
        if said != wanted or not wanted:
            yield f"docs/protocol/provision.md: {message} has the keys {wanted} in the code, and behind '{words}' {said}"


def text_problems(root, page, models):
    for what, (file, pattern) in TEXTS.items():
        found = re.search(pattern, (root / file).read_text())
        if not found:
            yield f"{file}: no text of '{what}' is there any more"
            continue
        for path, _, texts in models:
            for said in (said for name, said in texts if name == what):
                if said != found.group(1):
                    yield f"{path.name}: {what} is '{found.group(1)}' in the code, and there '{said}'"
        if what in ON_THE_PAGE and f'"{found.group(1)}"' not in page and f"`{found.group(1)}`" not in page:
            yield f"docs/protocol/provision.md: does not say {what}, '{found.group(1)}'"
        if not any(name == what for _, _, texts in models for name, _ in texts):
            yield f"the models: none has {what}"
    for what, (file, in_code, on_page) in NUMBERS.items():
        code, said = re.search(in_code, (root / file).read_text()), re.search(on_page, page)
        if not code or not said or code.group(1).lower() != said.group(1).lower():
            yield f"docs/protocol/provision.md: {what} is not what {file} has"


def problems_of(root):
    page = (root / "docs/protocol/provision.md").read_text()
    models = []
    for path in sorted((root / "docs/protocol/provision").glob("*.pv*")):
        fields, texts, marks = model_comments(path.read_text())
        if marks != len(fields) + len(texts):
            yield f"{path.name}: a comment with @fields or @text is not written as the others"
        for message, list_, arguments in fields:
            if arguments and arguments != len(list_):
                yield f"{path.name}: {message} has {len(list_)} fields and a constructor of {arguments}"
        for name in (name for name, _ in texts if name not in TEXTS):
            yield f"{path.name}: nobody knows what '{name}' is in the code"
        models.append((path, fields, texts))
    yield from message_problems(root, page, models)
    yield from line_problems(root, page)
    yield from text_problems(root, page, models)
    wanted = frame_types((root / "src/protocol/provision/frame.hpp").read_text())
    if page_frames(page) != wanted or not wanted:
        yield f"docs/protocol/provision.md, Frames: they are {wanted} in the code, and there {page_frames(page)}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    problems = list(problems_of(root))
    for problem in problems:
        print(f"FAILED {problem}")
    print(f"{0 if problems else 1} passed, {len(problems)} failed")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())

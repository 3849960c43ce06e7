"""The attack table: on a terminal line by line, and as a page."""
import html
import sys

WIDTHS = (13, 7, 30, 15)
NAMES = {"normal": "native, no Keep", "nil": "Keep without isolation", "kvm": "KVM Keep, plain",
         "sealed": "KVM Keep, sealed", "model": "KVM Keep, plain", "sev": "AMD SEV-SNP", "sgx": "Intel SGX"}
SHORT = {"model": "kvm"}
COLOURS = {"changed": "31", "found": "33", "obeyed": "33", "kept": "32"}
PROTECTED = ("sealed", "sev", "sgx")
HEAD = ("way", "", "attack", "found", "how")


def _on_model(entry):
    return "tee-model" in entry["on"]


def _footnote(rows):
    """What the star at a way means, where one has it."""
    marked = next((entry for entry in rows if _on_model(entry)), None)
    return marked and (f"*  on {marked['on']}. The tools attacked enarx' process, which is the host's; tee-model's stands for the silicon and was left alone. "
                       "This tries protocol and logic: of a real processor it shows nothing.")


def _cells(entry):
    return SHORT.get(entry["way"], entry["way"]) + (" on model*" if _on_model(entry) else ""), entry["action"], entry["attack"], entry["found"], entry["how"]


def _colour(entry):
    """To find nothing is good news only where something protects."""
    return "kept" if entry["verdict"] == "nothing" and entry["way"] in PROTECTED else entry["verdict"]


def _text(cells):
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)) + "  " + cells[-1]


def head():
    print(_text(HEAD), flush=True)


def line(entry):
    text = _text(_cells(entry))
    colour = COLOURS.get(_colour(entry))
    if colour and sys.stdout.isatty():
        text = f"\033[{colour}m{text}\033[0m"
    print(text, flush=True)


def _count(rows, verdict):
    return sum(entry["verdict"] == verdict for entry in rows)


def _of_the_model(rows):
    count = _count([entry for entry in rows if _on_model(entry)], "nothing")
    return f" ({count} of them on a model*)" if count else ""


def foot(rows, seconds):
    for entry in rows:
        if entry["verdict"] == "unproven":
            print(f"NOT SHOWN: {entry['way']}, {entry['attack']}: {entry['how']}")
    if note := _footnote(rows):
        print(note)
    print(f"{_count(rows, 'changed')} attacks changed votes, {_count(rows, 'found')} found votes, {_count(rows, 'obeyed')} commanded the Keep, "
          f"{_count(rows, 'nothing')} found nothing{_of_the_model(rows)}, {_count(rows, 'absent')} ways that this host has not; {seconds:.0f} s")


STYLE = """body{font:16px/1.4 system-ui,sans-serif;margin:2em;color:#1b1b1b;background:#fff}
table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.25em .9em;border-bottom:1px solid #ddd}
td:not(:last-child){white-space:nowrap}.changed td{background:#fbdcd9}.found td,.obeyed td{background:#fdecc8}.kept td{background:#dcf3dc}.absent td{color:#666}
caption{text-align:left;font-weight:bold;padding:.6em 0}"""


def page(rows):
    """The table as a page of its own."""
    body = "".join(
        f'<tr class="{_colour(entry)}">' + "".join(f"<td>{html.escape(cell)}</td>" for cell in
                                                      (NAMES[entry["way"]] + (", on a model*" if _on_model(entry) else ""), *_cells(entry)[1:])) + "</tr>\n" for entry in rows)
    note = _footnote(rows)
    heads = "".join(f"<th>{cell}</th>" for cell in HEAD)
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Attacks on an election</title><style>{STYLE}</style>\n'
            f"<table><caption>An administrator attacks a running election (five of nine votes cast)</caption>"
            f"<tr>{heads}</tr>\n{body}</table>{f'<p>{html.escape(note)}</p>' if note else ''}</html>\n")

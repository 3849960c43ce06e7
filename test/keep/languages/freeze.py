# Writes a C program: CPython with the modules of its library that program.py needs inside it, as a Keep has no /usr/lib.
# Run by the very interpreter that it is for, as another version's code is of no use: `python -S -I freeze.py OUTPUT`.
import sys

sys.path = [path for path in sys.path if not path.endswith("dynload")]

import importlib.util  # noqa: E402
import marshal  # noqa: E402
import encodings.idna, encodings.latin_1, encodings.utf_8  # noqa: E401,E402,F401
import hashlib, json, re, selectors, signal, threading, time  # noqa: E401,E402,F401

tables, rows = [], []
for name, module in sorted(sys.modules.items()):
    spec = importlib.util.find_spec(name) if name != "__main__" else None
    if spec is None or not (spec.origin or "").endswith(".py"):
        continue
    with open(spec.origin, "rb") as source:
        code = marshal.dumps(compile(source.read(), f"<{name}>", "exec", dont_inherit=True))
    label = "module_" + name.replace(".", "_")
    tables.append(f"static unsigned char const {label}[] = {{{','.join(map(str, code))}}};")
    rows.append(f'{{"{name}", {label}, sizeof {label}, {int(spec.submodule_search_locations is not None)}, 0}},')
with open(sys.argv[1], "w", encoding="ascii") as out:
    print("#include <Python.h>", *tables, "static struct _frozen const modules[] = {", *rows, "{0}};",
          "int main(int argc, char** argv) {", "    PyImport_FrozenModules = modules;", "    return Py_BytesMain(argc, argv);", "}",
          sep="\n", file=out)

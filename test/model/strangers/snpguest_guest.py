"""A guest of Debian's kernel with VirTEE's snpguest in it, which prints what that has got."""
import re

from model import FOLDER  # noqa: F401  first: it finds the harness
from linux_guest import Guest
from verdict import snpguest

PRINT = """
export RUST_BACKTRACE=0
print() { hexdump -v -e '32/1 "%02x" "\\n"' $2 | while read line; do echo "$1 $line"; done; }
"""
KEY = "key() { name=$1; shift; snpguest key /tmp/key --vmpl 0 \"$@\" >/dev/null && print $name /tmp/key; }\n"


def words(text, name):
    return "".join(re.findall(rf"\b{name} ([0-9a-f]{{64}})", text))


def tell(script, *options, **how):
    """The console of a guest that has run this script with snpguest."""
    guest = Guest()
    for module in ("configfs", "ghash-generic", "gcm", "tsm", "sev-guest"):
        guest.add_module(module)
    guest.files.program(snpguest())
    guest.script(PRINT + script)
    return guest.run("--memory", "768", *options, **how).text

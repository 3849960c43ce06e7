"""The small guest of small/, in a kernel's place: a second or two for each, and nothing in it that is not known."""
import re
import subprocess

from model import FOLDER, model  # first: it finds the harness
from harness import BUILD, execute, scratch

SHARED = 0x800000  # the first page that guest and host share: the first processor's GHCB
DATA = 0x810000
SECRET = bytes(c ^ 1 for c in b"ekrat si siht ,tnetnoc yreve 42 ")
SHOWN = SECRET[::-1]
_image = BUILD / "strangers" / "small" / "guest"


def image():
    """What a loader takes for a kernel: a sector of its header's, one that is skipped, then the guest at its 64-bit entry."""
    source = FOLDER / "strangers" / "small"
    newest = max(path.stat().st_mtime for path in source.iterdir())
    if not _image.exists() or _image.stat().st_mtime < newest:
        _image.parent.mkdir(parents=True, exist_ok=True)
        parts = {kind: _image.with_suffix(kind) for kind in (".o", ".bin")}
        for line in (["clang-22", "-O1", "-ffreestanding", "-fno-pic", "-mno-red-zone", "-mgeneral-regs-only", "-fno-stack-protector",
                      "-fno-builtin", "-Wall", "-Werror", "-c", source / "guest.c", "-o", parts[".o"]],
                     ["ld.lld-22", "--oformat=binary", "-e", "0x1000200", "-T", source / "link.ld", parts[".o"], "-o", parts[".bin"]]):
            subprocess.run(line, check=True, capture_output=True)
        header = bytearray(1024)
        header[0x1f1] = 1  # sectors behind the first
        _image.write_bytes(bytes(header) + bytes(0x200) + parts[".bin"].read_bytes())
    return _image


def run(processors=1, deeds="", others=0, timeout=60, **env):
    """Runs it to its end. `others`: how many milliseconds after the first one the other processors run."""
    if deeds:
        env["TEE_MODEL_HOSTILE"] = deeds
    return execute([*model(), BUILD / "parts" / "snp-linux", "--kernel", image(), "--memory", "32", "--append", str(processors),
                    "--processors", str(processors), "--others", str(others)], env=env, timeout=timeout)


def reads(outcome):
    return re.findall(r"read (\w+)", outcome.text)


def view():
    return scratch("view")

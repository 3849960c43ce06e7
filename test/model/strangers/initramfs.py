"""An initramfs in the kernel's `newc` format, from files and texts. No cpio is needed, and the bytes depend on nothing else."""
import lzma
import pathlib
import re


class Initramfs:
    def __init__(self):
        self._entries = []
        self._folders = set()

    def folder(self, name):
        for part in [*reversed(pathlib.PurePosixPath(name).parents), pathlib.PurePosixPath(name)]:
            text = str(part)
            if text != "." and text not in self._folders:
                self._folders.add(text)
                self._entries.append((text, 0o40755, b"", (0, 0)))

    def file(self, name, content, mode=0o755):
        self.folder(str(pathlib.PurePosixPath(name).parent))
        self._entries.append((name, 0o100000 | mode, content, (0, 0)))

    def link(self, name, target):
        self.folder(str(pathlib.PurePosixPath(name).parent))
        self._entries.append((name, 0o120777, target.encode(), (0, 0)))

    def device(self, name, major, minor):
        self.folder(str(pathlib.PurePosixPath(name).parent))
        self._entries.append((name, 0o20600, b"", (major, minor)))

    def program(self, path, name=None):
        """A program, with the shared objects that it needs."""
        import subprocess
        path = pathlib.Path(path)
        self.file(name or f"bin/{path.name}", path.read_bytes())
        needed = subprocess.run(["ldd", path], capture_output=True, text=True).stdout
        for library in re.findall(r"(/\S+)", needed):
            if library.lstrip("/") not in {entry[0] for entry in self._entries}:
                self.file(library.lstrip("/"), pathlib.Path(library).read_bytes())

    def module(self, path):
        """A kernel's module, unpacked: what loads it in the guest is small."""
        content = path.read_bytes()
        if path.suffix == ".xz":
            content = lzma.decompress(content)
        self.file(f"modules/{path.name.removesuffix('.xz')}", content)

    def bytes(self):
        result = bytearray()
        for number, (name, mode, content, device) in enumerate([*self._entries, ("TRAILER!!!", 0, b"", (0, 0))], 1):
            fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(name) + 1, 0)
            result += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
            result += b"\0" * (-len(result) % 4) + content
            result += b"\0" * (-len(result) % 4)
        return bytes(result)

"""The report that is sent back: one line for each check, in one text file, without what names the machine or its user."""
import getpass
import os
import pathlib
import re
import socket
import sys
import time


class Skip(Exception):
    """A check that cannot be tried here, for the reason given."""


class Failed(Exception):
    """A check that did not come out as it should; `detail` goes below the line."""

    def __init__(self, seen, detail=""):
        super().__init__(seen)
        self.detail = detail


def _user():
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


class Report:
    """Prints and writes line by line, so that what breaks off is worth something, too."""

    def __init__(self, path, minutes, only=(), with_chip_id=False):
        try:
            self._file = open(path, "x", encoding="utf-8")
        except OSError as error:
            sys.exit(f"hardware_check.sh: {path}: {error.strerror}; --out FILE names a new one")
        self.path, self._only, self.with_chip_id = path, only, with_chip_id
        self._end = time.monotonic() + minutes * 60
        self.counts = {"ok": 0, "FAILED": 0, "SKIP": 0}
        self._masks = [(word, name) for word, name in ((str(pathlib.Path.home()), "(home)"), (socket.gethostname(), "(host)"), (_user(), "(user)"))
                       if len(word) > 2 and word != "root"]

    def left(self):
        """Seconds that are left for all."""
        return self._end - time.monotonic()

    def clean(self, text):
        """Without names of user, machine and, unless it is asked for, chip: 64 bytes in hex are nothing else here."""
        for word, name in self._masks:
            text = re.sub(rf"(?<![\w]){re.escape(word)}(?![\w])", name, text)
        if not self.with_chip_id:
            text = re.sub(r"\b[0-9a-fA-F]{128}\b", "(64 bytes)", text)
        return "".join(c if c.isprintable() or c == "\n" else " " for c in text)

    def note(self, text):
        text = self.clean(text)
        print(text, flush=True)
        print(text, file=self._file, flush=True)

    def _line(self, verdict, name, seen, detail=""):
        self.counts[verdict] += 1
        self.note(f"{verdict} {name}: {' '.join(str(seen).split())}")
        for line in detail.strip().splitlines()[:40]:
            self.note(f"    {line[:300]}")

    def check(self, name, function, *arguments):
        """One question: the function answers with what was seen, or raises Skip or Failed."""
        if self._only and not name.startswith((*self._only, "host.", "launch.hello")):
            return None
        if self.left() <= 0:
            return self._line("SKIP", name, "no time left (--minutes)")
        try:
            seen = function(*arguments)
        except Skip as reason:
            return self._line("SKIP", name, reason)
        except Failed as failure:
            return self._line("FAILED", name, failure, failure.detail)
        except (OSError, ValueError, KeyError, IndexError) as error:  # what the script did not think of is an answer, too
            return self._line("FAILED", name, f"{type(error).__name__}: {error}")
        self._line("ok", name, seen)
        return seen

    def broken_off(self):
        self._line("FAILED", "interrupted", "ended by hand before all was tried")

    def close(self):
        """The closing line; returns the exit status."""
        counts = self.counts
        self.note(f"{counts['ok']} passed, {counts['FAILED']} failed, {counts['SKIP']} skipped")
        self._file.close()
        return 1 if counts["FAILED"] or not counts["ok"] else 0

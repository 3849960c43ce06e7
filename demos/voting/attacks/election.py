"""A running election on the voting machine, fed vote by vote, whichever way it is run."""
import os
import pathlib
import re
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
RUN = HERE.parent / "run_elections.sh"
ASKED = b"Enter a vote: 1 or 2.\n"
PATIENCE_S = 60
PATIENCE_WITH_A_MODEL_S = 300  # its first election compiles the program, in software


class NotHere(Exception):
    """This host cannot run the election this way; the text says why."""


class Election:
    """`with Election("kvm") as election:` starts it, and ends it whatever happens."""

    def __init__(self, way):
        self.way = way
        self.shown = b""
        self.cast = {}

    def __enter__(self):
        self.process = subprocess.Popen([RUN, self.way], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, start_new_session=True)
        try:
            self._read_until(lambda text: text.endswith(ASKED))
        except EOFError:
            said = self.process.stderr.read().decode(errors="replace").strip().splitlines()
            self.__exit__()
            errors = [line for line in said if "error" in line] or said or ["it ended at once"]
            raise NotHere(errors[0].removeprefix("enarx: ").removeprefix("error: ")) from None
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    @property
    def pid(self):
        """The script has become the program: one process."""
        return self.process.pid

    @property
    def on_model(self):
        """Whether its processor is tee-model: then its virtual processors are files of that program's."""
        place = f"/proc/{self.pid}/fd"
        return any("tee-model" in os.readlink(f"{place}/{number}") for number in os.listdir(place))

    def vote(self, choice):
        number = len(self.cast) + 1
        self.cast[number] = choice
        self.process.stdin.write(b"%d\n" % choice)
        self.process.stdin.flush()
        expected = self.shown.count(ASKED) + 1
        if number < 9:
            self._read_until(lambda text: text.count(ASKED) == expected)
        else:
            self._read_until(lambda text: b"elected." in text)

    def listed(self):
        """What the machine itself shows in its newest list: {number: choice}."""
        lists = self.shown.split(ASKED)
        newest = next(part for part in reversed(lists) if b"Vote " in part)
        return {int(number): int(choice) for number, choice in re.findall(rb"Vote (\d)=(\d)\n", newest)}

    def _read_until(self, done):
        deadline = time.monotonic() + (PATIENCE_WITH_A_MODEL_S if self.way in ("sev", "model") else PATIENCE_S)
        while not done(self.shown):
            part = os.read(self.process.stdout.fileno(), 65536)
            if not part:
                raise EOFError
            self.shown += part
            if time.monotonic() > deadline:
                raise TimeoutError(f"the election ({self.way}) says nothing")

"""What who stands between, or has visited a Keep before, does in these stories: the program relay/main.cpp."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "provision"))
from hosts import until  # noqa: E402
from tenants import *  # noqa: E402,F403

RELAY = BUILD / "parts/relay"
GRANT = 5  # the type of a frame


def between(back, way, key=None):
    """Stands before a Keep; returns the process and where the tenant comes to."""
    place = scratch(f"front{len(list(scratch().glob('front*')))}")
    process = start([RELAY, "between", place, back, way, *([key] if key else [])])
    until(place.exists, "the relay listens")
    return process, place


def passed(process):
    """The frames that the relay has passed on, by their types."""
    process.kill() if process.poll() is not None else None
    done = finish(process)
    equal(done.status, 0, done.errors)
    return json.loads(done.text)


def refused_by(rule, deployed, process):
    equal(deployed.status, 125)
    contains(deployed.errors, rule, "(channel-unbound)")
    frames = passed(process)
    equal(frames["down"], [3, 4])
    true(GRANT not in frames["up"], f"the grant has passed: {frames}")


# Of a KVM Keep: its administrator can read it.
PLAIN = ("--memory", "plain") if BACKEND == "kvm" else ()


def asked_before(place, where):
    """Somebody has visited this Keep and granted it nothing: its answer is in that folder; returns the key that it has shown."""
    return succeeded(execute([RELAY, "ask", place, where])).text.strip()


def stolen_key(process, shown, name="stolen.pem"):
    """The private key behind the one that a Keep has shown, out of the memory of its process."""
    done = succeeded(execute([RELAY, "steal", process.pid, shown, scratch(name)]))
    if "forbidden" in done.text:
        skip("the memory of processes may not be read here")
    true(scratch(name).exists(), f"the Keep's key is {done.text.strip()} of its memory: nothing was tried")
    return scratch(name)


class FalseService:
    """A service that is none, which shows scratch NAME.pem; in the place of a real one where its way to pass on is named."""

    def __init__(self, name, real_certificate, *real):
        self.heard = folder("heard")
        self.process = start([RELAY, "service", scratch(f"{name}.pem"), scratch(f"{name}.key"), self.heard, real_certificate, *real])
        self.url = f"https://localhost:{self.line()}"

    def line(self):
        return self.process.stdout.readline().decode().strip()

    def keep(self):
        """Waits for a Keep; returns the key that it shows. It waits for us meanwhile."""
        found = self.line()
        true(found, "no Keep has come")
        return found

    def go_on(self, key=""):
        """With this key in the Keep's place; or with one of its own."""
        self.process.stdin.write(f"{key}\n".encode())
        self.process.stdin.flush()

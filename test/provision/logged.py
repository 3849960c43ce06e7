#!/usr/bin/env python3
"""A deployment that names a log: a Keep runs what stands there as its release, and nothing else, whoever has the service's keys."""
import hashlib
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from harness import *  # noqa: E402,F403

from log_reader import peer  # noqa: E402
from service import STEWARD, Service, done, enarx, measured, published, pull_line, until  # noqa: E402

LIAR = BUILD / "parts" / "lying_steward"


def key_of(service):
    return (service.folder / "log.vkey").read_text().strip()


def named(service):
    return ["--log-key", f"@{service.folder / 'log.vkey'}"]


def another():
    """A service of the same tenant, whose key is there already."""
    scratch("tenant.key").rename(scratch("kept.key"))
    out = Service("other")
    scratch("kept.key").rename(scratch("tenant.key"))
    return out


def pull(service):
    return execute(pull_line(service))


def in_other_hands(service, what=None):
    """The same folder, served by whoever took it over, or by its owner again."""
    service.process.terminate()
    service.process.wait(TIMEOUT_S)
    if what is None:
        return service.start()
    service.process = start([LIAR, what, service.folder / "steward.toml"])
    line = service.process.stderr.readline().decode()
    contains(line, "listening at")
    service.url = f"https://localhost:{line.strip().rsplit(':', 1)[1]}"


@story("a Keep runs what stands in the named log as its release, and the tenant sees which log that is")
def _released():
    service = Service()
    published(service, *named(service), "--replicas", "9")
    equal(service.get("/pki/log.vkey").decode().strip(), key_of(service))
    for _ in range(3):
        outcome = pull(service)
        equal((outcome.status, outcome.errors), (0, ""))
    equal(service.status()["log"], key_of(service))
    told = enarx("deployment", "status", "shop/api", "--steward", service.url, "--cacert", service.root, "--key", scratch("tenant.key"))
    contains(told.text, "log      " + key_of(service))
    done(service.deployment("--allow-no-hardware", serial=2, out="d2.cose"))
    done(service.publish(out="d2.cose"))
    equal(service.status()["log"], None)


@story("Go's tlog proves the line that a grant shows, and it is of this deployment and this evidence", seconds=300)
def _peer():
    reader = peer()
    service = Service()
    service.ready_to_release(*named(service))
    done(service.pull(out="keep"))
    place = scratch("keep")
    proof = (place / "proof").read_bytes()
    index = int.from_bytes(proof[:8], "big")
    (place / f"proof.{index}").write_bytes(proof)
    size = int((place / "checkpoint").read_text().splitlines()[1])
    true(index < size, f"leaf {index} of {size}")

    def read(key=key_of(service)):
        return execute([reader, key, service.folder / "log", place / "checkpoint", place])

    equal(done(read()).text.strip(), f"{size} leaves, 1 proofs, 0 pairs of checkpoints")
    line = service.log_lines(size)[index]
    equal(line[4], ["shop/api", 1, hashlib.sha256((place / "deployment.cose").read_bytes()).digest()])
    equal((line[3], line[7]), (1, hashlib.sha256((place / "authenticator").read_bytes()).digest()))
    other = another()
    true(read(key_of(other)).status != 0, "another log's key reads it, too")
    (place / f"proof.{index}").write_bytes(proof[:8] + bytes([proof[8] ^ 1]) + proof[9:])
    true(read().status != 0, "a changed proof was not noticed")


@story("anybody reads the log over HTTP: Go proves each release, and that it has only grown; what was changed on the disk stops the service",
       seconds=300)
def _http():
    reader = peer()
    service = Service()
    service.ready_to_release("--replicas", "9")
    place, checkpoints = folder("read"), []
    for releases in range(1, 6):
        done(service.pull(out=f"keep{releases}"))
        until(lambda: [line[3] for line in service.log_lines()].count(3) == releases, "the certificate is in the log")
        checkpoints.append(write(f"checkpoint.{releases}", service.get("/log/checkpoint")))
    releases = [line[5] for line in service.log_lines() if line[3] == 1]
    equal((len(releases), len(set(releases))), (5, 5))
    size = len(service.log_lines())
    contains(service.get("/metrics", operator=True).decode(), f"\nenarx_log_size {size}\n")
    for tile in (f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}"):
        (place / tile).parent.mkdir(parents=True)
        (place / tile).write_bytes(service.get(f"/log/{tile}"))
    read = done(execute([reader, key_of(service), place, *checkpoints, folder("no-proofs")]))
    equal(read.text.strip(), f"{size} leaves, 0 proofs, 10 pairs of checkpoints")
    service.process.terminate()
    equal(service.process.wait(TIMEOUT_S), 0)
    for tile in (f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}", "checkpoint"):
        path = service.folder / "log" / tile
        right = path.read_bytes()
        path.write_bytes(right[:9] + bytes([right[9] ^ 1]) + right[10:])
        outcome = execute([STEWARD, "serve", "--config", service.folder / "steward.toml"], timeout=20)
        equal(outcome.status, 1, tile)
        contains(outcome.errors, "(log-damaged)")
        path.write_bytes(right)
    service.start()
    equal(len(service.log_lines()), size)


@story("whoever has taken over the service and leaves a release out of the log, or shows another log, starts no Keep")
def _liars():
    service = Service()
    published(service, *named(service), "--replicas", "9")
    for what in ("line", "log"):
        in_other_hands(service, what)
        outcome = pull(service)
        equal((outcome.status, outcome.text), (125, ""), outcome.errors)
        contains(outcome.errors, "(release-unlogged)")
    in_other_hands(service)
    equal(pull(service).status, 0)
    # Without the name of a log in the deployment nothing notices.
    done(service.deployment("--allow-no-hardware", "--replicas", "9", *measured(), serial=2, out="d2.cose"))
    done(service.publish(out="d2.cose"))
    in_other_hands(service, "line")
    equal(pull(service).status, 0)


@story("a log that cannot be, or that is not the service's, is refused before anything is handed over")
def _words():
    service = Service()
    service.package_it()
    right = key_of(service)
    for wrong in ("", "log", right[:-1], right + "x", right.replace("steward.example", "other.example"), "@" + str(scratch("none"))):
        outcome = service.deployment("--log-key", wrong)
        true(outcome.status != 0, wrong)
        contains(outcome.errors, "(file-not-found)" if wrong.startswith("@") else "(usage)")
        true(not scratch("d.cose").exists(), "there is a deployment")
    other = another()
    done(service.deployment("--allow-no-hardware", *named(other)))
    outcome = service.publish()
    equal(outcome.status, 1)
    contains(outcome.errors, "(deployment-refused)", right)
    # A tenant alone shows no log.
    done(service.deployment("--allow-no-hardware", "--grantor", service.tenant, "--log-key", right, out="own.cose"))
    key = json.loads(scratch("app.enx.key").read_text())
    scratch("own.key").touch(0o600)
    write("own.key", json.dumps(key | {"deployment": scratch("own.cose").read_bytes().hex(), "grantor-key": scratch("tenant.key").read_text()}))
    outcome = enarx("deploy", "--keep", scratch("no.sock"), "--key", scratch("own.key"), "--allow-no-hardware", "--secret", "PASSWORD=x",
                    scratch("app.enx"))
    equal(outcome.status, 125, outcome.errors)
    contains(outcome.errors, "(key-unusable)", "names a log")


main()

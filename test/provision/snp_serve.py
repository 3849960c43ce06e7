#!/usr/bin/env python3
"""`enarx serve` of SEV-SNP Keeps, the whole host on tee-model, and tenants who believe them under the model's root and under no other."""
import os
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "model/strangers"))
from keeps import KEYS, another_model, certificates, measurement, tenants_words  # noqa: E402
from harness import contains, enarx, equal, execute, finish, main, refused, scratch, start, story, succeeded, true, PROGRAM  # noqa: E402
from model import model  # noqa: E402
from between import Between  # noqa: E402
from hosts import Host, gone, problem  # noqa: E402
from tenants import NOTHING_PROVED, package  # noqa: E402

PATIENCE = 240  # seconds: a model's second may be a busy machine's minute


def host(*options, backend="snp"):
    return Host("--certificates", certificates(), *options, backend=backend, under=model())


def deploy(place, app, *options, stdin=b"", **other):
    return enarx("deploy", "--host", place, *tenants_words(**other), *options, app, stdin=stdin, timeout=PATIENCE)


def living(place):
    return [each for each in place.ask("GET", "/v1/keeps")[1]["keeps"] if each["state"] in ("starting", "running")]


def starts(place, app, *options):
    """A tenant whose application runs."""
    tenant = start([PROGRAM, "deploy", "--host", place, *tenants_words(), *options, app])
    while b"running" not in (line := tenant.stderr.readline()):
        true(line or tenant.poll() is None, "it has ended by itself")
    return tenant


def reads(tenant, size):
    got = b""
    while len(got) < size:
        piece = os.read(tenant.stdout.fileno(), size - len(got))
        true(piece, f"the output ends behind {len(got)} bytes")
        got += piece
    return got


@story("an application that demands hardware runs on a host of SEV-SNP Keeps; what goes in comes out, and it ends as it does", seconds=600)
def whole():
    place = host()
    done = deploy(place.url, package("copy", hardware=True), stdin=b"by way of a model" * 1000)
    equal((done.status, done.text), (0, "by way of a model" * 1000), done.errors)
    true(NOTHING_PROVED not in done.errors and "snp, channel bound" in done.errors, done.errors)
    equal(living(place), [])
    ended = deploy(place.url, package("exit_status", toml='args = ["7"]\n', hardware=True))
    equal(ended.status, 7, ended.errors)
    keep = place.ask("GET", "/v1/keeps")[1]["keeps"][0]
    equal((keep["backend"], keep["state"]), ("snp", "ended"))
    contains(place.said(), "starts: snp, process", "a channel is opened", "its customer has ended it")


@story("without the model's root, under AMD's or another model's, and of another measurement it gets nothing, and each is told by its name", seconds=600)
def strangers():
    place, app = host(), package("hello", hardware=True)
    for name, rule, other in (("evidence-refused", "failed  snp.measurement", {"measurement": "11" * 48}),
                              # Nobody has said which image he means, or who makes such processors: not refused, and not known either.
                              ("evidence-undecided", "undecided  snp.measurement", {"measurement": None}),
                              ("evidence-undecided", "undecided  snp.chain.complete", {"root": None}),
                              ("evidence-refused", "failed  snp.chain.signature", {"root": another_model()})):
        done = deploy(place.url, app, **other)
        equal((done.status, done.text), (125, ""), done.errors)
        contains(done.errors, f"({name})", rule)
    done = deploy(place.url, app, root=None, endorsements=KEYS / "ark.pem")
    contains(done.errors, "(evidence-refused)", "failed  snp.chain.root")
    equal(living(place), [])


@story("three Keeps at once, and one that is left to itself and found again", seconds=600)
def several():
    place = host()
    done = deploy(place.url, package("hello", hardware=True), "--count", "3")
    equal((done.status, sorted(done.text.splitlines())), (0, [f"[{i}] Hello, world!" for i in (1, 2, 3)]), done.errors)
    app = package("copy", hardware=True)
    left = deploy(place.url, app, "--detach")
    equal(left.status, 0, left.errors)
    equal([each["backend"] for each in living(place)], ["snp"])
    back = enarx("attach", *left.text.split(), *tenants_words(), app, stdin=b"later", timeout=PATIENCE)
    equal((back.status, back.text), (0, "later"), back.errors)
    equal(living(place), [])


@story("a tenant whose connection breaks comes back to the same Keep; Ctrl-C ends application and Keep, and the tenant dies by it", seconds=600)
def breaks():
    place, app = host(), package("copy", hardware=True)
    between = Between("between", place.port)
    tenant = starts(between.url, app)
    for line in (b"before", b"behind"):
        tenant.stdin.write(line)
        tenant.stdin.flush()
        equal(reads(tenant, len(line)), line)
        between.cut()
    tenant.send_signal(signal.SIGINT)
    equal(finish(tenant, PATIENCE).status, -signal.SIGINT)
    equal(living(place), [])


@story("options of SEV-SNP Keeps are the host's: certificates and vCPUs reach each Keep, and what no Keep could be started with is told at once", seconds=600)
def options():
    place, app = host("--vcpus", "3"), package("hello", hardware=True)
    succeeded(deploy(place.url, app, measurement=measurement("--vcpus=3")), "Hello, world!\n")
    contains(deploy(place.url, app).errors, "(evidence-refused)", "snp.measurement")
    bare = Host(backend="snp", under=model(), state=scratch("bare"))
    done = deploy(bare.url, app)
    equal(done.status, 125, done.text)
    contains(done.errors, "(evidence-undecided)", "undecided  snp.leaf.present", "enarx collateral fetch")
    succeeded(deploy(bare.url, app, endorsements=certificates()), "Hello, world!\n")
    line = [*model(), PROGRAM, "serve", "--plain-http", "--listen", "127.0.0.1:0", "--state", scratch("none")]
    refused(execute([*line, "--backend", "nil", "--vcpus", "3"]), 2, "customers get none here", name="usage")
    refused(execute([*line, "--backend", "snp", "--certificates", scratch("nowhere")]), 1, name="file-not-found")
    refused(execute([*line, "--backend", "snp", "--id-block", certificates()]), 2, "go together", name="usage")


@story("a host that has no room for another SEV-SNP guest says so to its customer by name, and goes on", seconds=600)
def no_room():
    place = Host("--certificates", certificates(), backend="snp", under=["env", "TEE_MODEL_HOST=guests:0", *model()])
    answer = place.ask("POST", "/v1/keeps", {})
    problem(answer, 502, "keep-failed")
    contains(answer[1]["detail"], "every ASID is in use")
    contains(deploy(place.url, package("hello", hardware=True)).errors, "(host-refused)", "every ASID is in use")
    process = place.process.pid
    equal(place.ask("GET", "/healthz")[1], b"ok\n")
    place.process.terminate()
    equal(finish(place.process).status, 0)
    true(gone(process), "the host is still there")


main()

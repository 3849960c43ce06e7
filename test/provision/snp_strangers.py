#!/usr/bin/env python3
"""SEV-SNP Keeps that are not what their tenant has asked for, on tee-model: each defect is refused by its rule, by `enarx deploy` and by the
attestation service alike, since both judge by the same code."""
import functools
import pathlib
import sys
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "model/strangers"))
from keeps import ROOT, another_model, certificates, machine, measurement, policy, start_on_model, tenants_words  # noqa: E402
from harness import enarx, equal, execute, main, scratch, story, succeeded, true, write  # noqa: E402
from model import model  # noqa: E402
from service import Service, done, pull_line  # noqa: E402
from tenants import package  # noqa: E402

OWN, OTHER = "11" * 32, "22" * 32  # HOST_DATA


@dataclass(frozen=True)
class Row:
    what: str
    rule: str = ""  # that fails, or cannot be decided; none: the Keep gets all of it
    keep: tuple = ()  # how its host starts it
    identity: str = ""  # and who has signed the ID block with which it does
    machine: str = ""  # on which (TEE_MODEL_HOST)
    given: tuple = ("vcek", "ask")  # certificates that the host gives along
    values: tuple = ()  # that the tenant's policy compares with
    signer: str = ""  # and whose ID block it wants
    snp: int = 23  # the least firmware
    root: str = "model"  # whom the tenant trusts

    @property
    def name(self):
        return "-".join(self.what.lower().replace("'", "").replace(",", "").split())

    def policy(self):
        wanted = (f'id-key-digests = ["{block_of(self.signer)[1]}"]',) if self.signer else ()
        return write(f"{self.name}.toml", policy(*self.values, *wanted, snp=self.snp))

    def options(self):
        identity = block_of(self.identity)[0] if self.identity else []
        return [*self.keep, *identity, *(["--certificates", certificates(*self.given)] if self.given else [])]

    def trusted(self):
        return {"model": ROOT, "AMD": None}[self.root] if self.root != "another model" else another_model()


OF_THE_HOST = (
    Row("all as it has to be", keep=(f"--host-data={OWN}",), identity="tenant", values=(f'host-data = "{OWN}"',), signer="tenant"),
    Row("a policy by which its host may look in", "snp.policy.debug", keep=("--guest-policy=0xb0000",)),
    Row("another image", "snp.measurement", keep=("--vcpus=3",)),
    Row("firmware that was put back", "snp.leaf.tcb", machine="tcb:20"),
    Row("another chip's certificate", "snp.leaf.hwid", given=("other-chip", "ask")),
    Row("no certificate", "snp.leaf.present", given=()),
)
OF_THE_TENANT = (
    Row("other host data", "snp.host-data", keep=(f"--host-data={OTHER}",), values=(f'host-data = "{OWN}"',)),
    Row("no ID block", "snp.id-key", signer="tenant"),
    Row("an ID block of its host's", "snp.id-key", identity="host", signer="tenant"),
    Row("older firmware than wanted", "snp.tcb.reported", snp=24),
    Row("another chip than wanted", "snp.chip-id", values=(f'chip-ids = ["{"44" * 64}"]',)),
    Row("under another model's root", "snp.chain.signature", root="another model"),
    Row("under AMD's roots", "snp.chain.complete", root="AMD"),
    Row("under AMD's roots, with the model's own among its certificates", "snp.chain.root", given=("vcek", "ask", "ark"), root="AMD"),
)


@functools.cache
def block_of(signer):
    """Options of an ID block for this installation's image, and the digest of the key that signed it."""
    place = scratch(f"identity-{signer}")
    place.mkdir()
    succeeded(enarx("key", "sev", "create", "--out", place / "key"))
    succeeded(enarx("measure", "snp", "--policy=0x30000", f"--id-block={place}/block", f"--id-auth={place}/auth", f"--id-key={place}/key"))
    digest = succeeded(enarx("key", "sev", "digest", place / "key")).text.strip()
    return [f"--id-block={place}/block", f"--id-auth={place}/auth"], digest


def deployed(row, app):
    """An empty Keep, as its host starts it, and what a tenant says to it."""
    place = scratch("keep.sock")
    place.unlink(missing_ok=True)
    keep = start_on_model("keep", "--backend=snp", "--channel", place, *row.options(), host=row.machine)
    end = time.monotonic() + 240
    while not place.exists():
        true(keep.poll() is None and time.monotonic() < end, f"{row.what}: the Keep does not begin")
        time.sleep(0.05)
    outcome = enarx("deploy", "--keep", place, *tenants_words(policy=row.policy(), root=row.trusted()), app, timeout=240)
    told(row, outcome, "(evidence-", said="Hello, world!\n")
    if row.rule:
        true(keep.poll() is None, f"{row.what}: the Keep has ended, as one that was granted something")
    keep.kill()
    keep.wait()


def pulled(row, service):
    line = pull_line(service, *row.options(), name=f"shop/{row.name}", backend="snp", under=model())
    told(row, execute(line, env=machine(row.machine), timeout=240), "(release-denied)")  # what it says is not its host's to hear


def told(row, outcome, name, said=""):
    if not row.rule:
        equal((outcome.status, outcome.text), (0, said), f"{row.what}: {outcome.errors}")
        return
    equal((outcome.status, outcome.text), (125, ""), f"{row.what}: {outcome.errors}")
    true(name in outcome.errors and row.rule in outcome.errors, f"{row.what}: not {name} with {row.rule}, but {outcome.errors}")


def service_for(rows, root):
    """One that trusts this root, with a deployment for each row, each of a policy of its own."""
    made = Service(f"service-{len(rows)}-{len(str(root))}", hardware=True, settings=f'roots = ["{root}"]\n' if root else "",
                   files={f"policies/{row.name}.toml": row.policy().read_text() for row in rows})
    if not scratch("app.enx").exists():
        made.package_it()
    for row in rows:
        done(made.deployment("--policy", row.policy(), "--measurement", measurement(), name=f"shop/{row.name}", out=f"{row.name}.cose"))
        done(made.publish(out=f"{row.name}.cose"))
    return made


def tell(rows):
    model()
    block_of.cache_clear()
    app = package("hello", name="pushed", hardware=True)
    for root in dict.fromkeys(row.root for row in rows):
        here = [row for row in rows if row.root == root]
        service = service_for(here, here[0].trusted())
        for row in here:
            deployed(row, app)
            pulled(row, service)


@story("what a host starts otherwise than its tenant has said gets nothing, by deploy and by the service, each by its rule", seconds=900)
def of_the_host():
    tell(OF_THE_HOST)


@story("what is not what a tenant's policy asks for, or not under its root, is refused by both, each by its rule", seconds=900)
def of_the_tenant():
    tell(OF_THE_TENANT)


main()

#!/usr/bin/env python3
"""The officials of a town hand their election to a Keep on a host that nobody trusts; voters check what they talk to; the host tries what
it can. `--check` only says whether all of it was as it has to be."""
import argparse
import hashlib
import os
import pathlib
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parents[1])]
import model  # noqa: E402
import town  # noqa: E402
from host import Network  # noqa: E402
from polling_station import election_verify  # noqa: E402

failures = []


def say(text=""):
    if not options.check:
        print(text, flush=True)


def hold(what, true):
    """One thing that has to be so."""
    if not true:
        failures.append(what)
        print(f"NOT SO: {what}", flush=True)


def attack(what, expected, found):
    """What somebody tried, and the name under which it failed."""
    say(f"   {what}: {', '.join(found) if isinstance(found, list) else found}")
    hold(f"{what}: {expected}", found == expected)


def fails(action, *words):
    try:
        action(*words)
        return "it was done"
    except town.Refused as refused:
        return str(refused)


class Show:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.keep_port, self.public, self.own_port = town.free_port(), town.free_port(), town.free_port()
        self.parts = []

    def part(self, made):
        """Something that has to be closed at the end."""
        self.parts.append(made)
        return made

    def close(self):
        for made in reversed(self.parts):
            made.close()

    def officials_make_it(self):
        say("== An election on a host that nobody trusts ==\n\n-- The officials, on a computer of their own --")
        self.officials = town.Tenant(self.folder / "officials", self.keep_port)
        made = self.officials.make("mayor")
        self.notice = {"workload": made["workload"], "configuration": made["configuration"], "tenant": self.officials.digest}
        self.service = self.part(town.Service(self.folder / "service", self.officials.digest, "steward.example"))
        self.officials.make("rehearsal", voters=2, title="A rehearsal")
        self.officials.publish("mayor", self.service)
        self.officials.publish("rehearsal", self.service, replicas=9)
        say(f"""   codes for nine voters and three officials; the election packaged for a key that stays here: {made["package"][:20]}...
   The deployment, signed with the officials' key, says: this package, one Keep and never two, a certificate for {town.NAME}.
   Deployment and package key go to the attestation service that the officials trust, sealed for it. The notice for voters:""")
        for word, value in self.notice.items():
            say(f"      {word:<14} {value}")
        say(f"      {'root.pem':<14} the authority of that service")

    def by_way_of_a_registry(self):
        """The package reaches the host as any other; what comes without the officials' signature it need not even take."""
        registry = self.part(town.Registry(self.folder / "registry"))
        self.package = self.folder / "fetched.enx"
        if not registry.process:
            say("\n   (docker-registry is not installed: the host gets the package as a file.)")
            self.package = self.officials.file("mayor")
            return
        place = f"127.0.0.1:{registry.port}/town/mayor:1"
        town.told(town.ENARX, "push", self.officials.file("mayor"), place, "--sign", self.officials.folder / "key")
        mallory = self.folder / "mallory.pub"
        other = town.Tenant(self.folder / "other", self.own_port)
        (other.folder / "key.pub").rename(mallory)
        fetch = [town.ENARX, "pull", place, "--out", self.package, "--signed-by"]
        say("\n   The package goes through a public registry, with the officials' signature:")
        attack("fetched as signed by somebody else", "signature-untrusted", fails(town.told, *fetch, mallory))
        town.told(*fetch, self.officials.folder / "key.pub")
        say("   fetched as signed by the officials: the same bytes, which nobody on the way can read")
        hold("the registry gives back the same bytes", self.package.read_bytes() == self.officials.file("mayor").read_bytes())

    def host_starts_it(self):
        say("\n-- The host starts an empty Keep and tells it whom to ask --")
        self.host = self.part(town.Host(self.folder / "host"))
        hold("the election listens", self.host.start(self.service, "mayor", self.package, self.keep_port))
        self.network = self.part(Network(self.public, self.keep_port))
        say(f"   enarx run --pull town/mayor --steward {self.service.url} --package fetched.enx\n"
            "   The Keep proves to the service what it is, gets key and deployment, and a certificate once it runs exactly that.\n"
            "   Voters reach it through a network that is the host's, too, and records every byte.")

    def voters_vote(self):
        say("\n-- A voter, with the notice and no more --")
        self.voters = town.Voters(self.officials.folder / "mayor", self.public, self.service.root)
        status, line = self.voters.curl()
        hold("curl is content with the certificate", status == 0 and '"title":"Mayor of Toytown"' in line)
        say(f"   curl --cacert root.pem https://{town.NAME}:{self.public}/election\n      {line[:100]}...")
        with_notice = ["--root", self.service.root, "--deployment", "town/mayor", *[w for k, v in self.notice.items() for w in (f"--{k}", v)]]
        answer = self.voters.ask_what_runs(*with_notice)
        vouched = "(signed by its processor, under the model's root)" if town.snp else "(NO HARDWARE vouches for it here)"
        hold("the Keep runs what the notice says", answer["failed"] == [] and {k: answer["runs"][k] for k in self.notice} == self.notice)
        say(f"   enarx verify https://{town.NAME}:{self.public} --root root.pem --workload {self.notice['workload'][:8]}... --tenant ...\n"
            "      accepted: this connection ends in a Keep that runs that workload, for the officials " + vouched)
        connection = self.voters.connection()
        connection.connect()
        self.certificate = connection.sock.getpeercert(binary_form=True)
        connection.close()
        claims = town.attestation_result(self.certificate)["submods"]["keep"]
        hold("the certificate names the workload", claims["enarx.workload"] == self.notice["workload"])
        hold("and the officials", claims["enarx.tenant"] == self.officials.digest)
        hold("and what vouches for it", claims["enarx.evidence"] == ("snp" if town.snp else "none"))
        say(f"   the certificate itself says it, for its {claims['enarx.evidence']!r} evidence: workload {claims['enarx.workload'][:8]}..., "
            f"tenant {claims['enarx.tenant'][:8]}..., {claims['enarx.deployment']}")
        self.kept = []
        for code, choice in zip(self.voters.voters, (1, 0, 1, 0, 1, 1, 0, 1, 0)):
            status, answer, mine = self.voters.vote(code, choice)
            hold("a vote is taken, with a receipt", status == 200)
            self.kept.append(mine)
        say("   nine votes are cast; each voter keeps a receipt")

    def host_looks(self):
        say("\n-- What the host sees --")
        secrets = [*self.voters.voters, "Alice", "Mayor of Toytown", *[mine["nonce"] for mine in self.kept]]
        everything = b"".join(self.network.recording) + self.package.read_bytes() + self.host.output.read_bytes()
        found = [word for word in secrets if word.encode() in everything]
        hold(f"the host sees no code, no vote, not what is voted on ({found})", found == [])
        hold("the host has recorded something", len(everything) > 100_000)
        say(f"   {len(everything)} bytes of package, network and output of the Keep: none of {len(secrets)} words of the election among them")

    def attacks(self):
        say("\n-- What the host tries --")
        if town.snp:
            attack("another image than the officials have measured, of three vCPUs (tried at their rehearsal)", "release-denied",
                   fails(self.host.run, self.service, "rehearsal", self.officials.file("rehearsal"), self.own_port, "--vcpus", "3"))
        self.another_package()
        attack("a second Keep beside the first, to split the voters", "replicas-exhausted",
               fails(self.host.run, self.service, "mayor", self.package, self.own_port))
        self.in_the_officials_name()
        self.on_the_network()
        self.election_of_its_own()

    def another_package(self):
        stolen = town.Tenant(self.folder / "stealvotes", self.own_port)
        stolen.make("rehearsal", voters=2, title="A rehearsal")
        attack("a package of its own in the place of the officials' (tried at their rehearsal)", "package-missing",
               fails(self.host.run, self.service, "rehearsal", stolen.file("rehearsal"), self.own_port))
        layout = self.folder / "layout"
        layout.mkdir()
        town.told("tar", "xf", self.officials.file("rehearsal"), "-C", layout)
        layer = max((layout / "blobs/sha256").iterdir(), key=lambda path: path.stat().st_size)
        content = bytearray(layer.read_bytes())
        content[len(content) // 2] ^= 1
        layer.write_bytes(content)
        attack("one bit of the package changed", "package-damaged", fails(self.host.run, self.service, "rehearsal", layout, self.own_port))

    def in_the_officials_name(self):
        self.mallory = town.Tenant(self.folder / "mallory", self.own_port)
        self.forged = self.mallory.make("mayor")
        service = self.service
        attack("a newer version of the election, signed with a key of its own", "deployment-refused",
               fails(self.mallory.publish, "mayor", service, 1, 2))

    def on_the_network(self):
        self.network.towards(self.keep_port, self.host.certificate_of_its_own())
        self.voters.ask_unchecked("/election")
        hold("the search would find words", b"Mayor of Toytown" in b"".join(self.network.recording))
        say("   TLS of its own between voters and Keep: who does not check the certificate (curl --insecure) is read along with")
        status, _ = self.voters.curl()
        attack("the same, and a voter who checks it with root.pem: curl ends with status", 60, status)
        attack("the same, and what `enarx verify` says of it", ["tls-certificate-untrusted"],
               self.voters.ask_what_runs("--root", self.service.root)["failed"])
        attack("the same for a voter who checks no authority", ["authenticator.certificate"], self.voters.ask_what_runs()["failed"][:1])

    def election_of_its_own(self):
        """A genuine Keep, a service, a certificate of the right name: all of it, but the officials' keys."""
        service = self.part(town.Service(self.folder / "service-of-the-host", self.mallory.digest, "steward.example"))
        self.mallory.publish("mayor", service)
        self.host.start(service, "mayor", self.mallory.file("mayor"), self.own_port)
        self.network.towards(self.own_port)
        status, _ = self.voters.curl()
        attack("an election of its own in a genuine Keep, certified by a service of its own: curl ends with status", 60, status)
        for word, value in self.notice.items():
            attack(f"the same, and a voter who checks the notice's {word}", [f"ready.{word}"],
                   self.voters.ask_what_runs(f"--{word}", value)["failed"])
        self.network.towards(self.keep_port)

    def count(self):
        say("\n-- Two of three officials close the election; everybody counts --")
        closed = [answer.get("closed") for _, answer in self.voters.close()]
        hold("the officials close it", closed == [False, True])
        record = self.voters.record()
        hold("four for Alice, five for Bob", record["result"]["tally"] == [4, 5])
        shown = hashlib.sha256(self.certificate).hexdigest()
        status, said = election_verify(self.folder, record, *self.kept, options=("--allow-no-hardware", "--certificate", shown, "--workload",
                                                                                self.notice["workload"]))
        if town.snp:
            self.evidence_of_the_record(record, said)
        else:
            hold("everything fits: " + said, status == 0)
        hold("nine votes are counted: " + said, said.count("counted as it was cast") == 9)
        say("   Alice 4, Bob 5; election-verify finds evidence, certificate, board and result in order, and each of nine votes counted as cast.")
        say("\nThe host could stop the election, and see who comes. It could not look into it, change it, double it or pretend to be it.")
        if town.snp:
            return say(model.SAID)
        say("Without hardware that protects the Keep (`nil`, `kvm`) its kernel still could, which is what NO HARDWARE says.")


    def evidence_of_the_record(self, record, said):
        """What hardware vouches for is for `enarx verify` to say; the election's verifier says of what it has to be."""
        wrong = [line for line in said.splitlines() if line.startswith("DOES NOT FIT")]
        hold(f"but for that, everything fits: {said}", len(wrong) == 1 and "evidence.unchecked" in wrong[0])
        evidence = self.folder / "evidence"
        evidence.write_bytes(bytes.fromhex(record["election"]["evidence"]))
        user_data = wrong[0].rsplit(": ", 1)[1]
        judged = [town.ENARX, "verify", evidence, *town.snp.judged_by(), "--workload", self.notice["workload"], "--configuration",
                  self.notice["configuration"], "--user-data"]
        hold("the record's evidence is a Keep's that runs this election", fails(town.told, *judged, user_data) == "it was done")
        hold("and of no other election", fails(town.told, *judged, "00" + user_data[2:]) != "it was done")
        say("   the record's evidence, by enarx verify: signed by the processor, of this workload, for this election and no other")


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--check", action="store_true", help="say only what is not as it has to be, and a line of result at the end")
parser.add_argument("--backend", choices=("nil", "kvm", "snp"), help="default: kvm where it is; snp: on tee-model, a model of the processor")
options = parser.parse_args()
kvm = os.access("/dev/kvm", os.W_OK)
town.backend = options.backend or os.environ.get("ENARX_TEST_BACKEND") or ("kvm" if kvm else "nil")
if town.backend == "kvm" and not kvm:
    print("SKIP an election on a host that nobody trusts, with kvm: there is no /dev/kvm here that may be used\n0 passed, 0 failed, 1 skipped")
    sys.exit()
with tempfile.TemporaryDirectory(prefix="enarx-election-") as folder:
    if town.backend == "snp":
        town.snp = model.Model(town.BUILD, folder)
        if without := town.snp.missing():
            print(f"SKIP an election on a host that nobody trusts, with snp: {without}\n0 passed, 0 failed, 1 skipped")
            sys.exit()
    show = Show(folder)
    try:
        for step in (show.officials_make_it, show.by_way_of_a_registry, show.host_starts_it, show.voters_vote, show.host_looks, show.attacks,
                     show.count):
            step()
    finally:
        show.close()
if options.check:
    print(f"{'0 passed, 1 failed' if failures else '1 passed, 0 failed'}")
sys.exit(1 if failures else 0)

"""VirTEE's snpguest in an SNP guest on the model: reports, certificates that the host has, and derived keys; outside of it, the
verdicts of its crate `sev` and of go-sev-guest, under the model's root and under AMD's."""
import base64
import re

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from model import FOLDER  # first: it finds the harness
from harness import contains, equal, execute, main, peers, scratch, story, succeeded, true
from linux_guest import Guest, printed_report
from report import KEYS
from snpguest_guest import KEY, tell, words
from verdict import of_go, of_snpguest, snpguest

REPORT = "snpguest report /tmp/report /tmp/request --random --vmpl 0\nprint report /tmp/report\n"
FIELDS = 6  # of a derived key that the guest may mix in: policy, image, family, measurement, SVN, TCB
HOST_DATA = "5a" * 32


def keys_script(prefix=""):
    """A key for each field alone, then once more for none."""
    lines = [f"key {prefix}f{field} vcek --guest_field_select {1 << field}" for field in range(FIELDS)]
    return KEY + "\n".join([f"key {prefix}none vcek", *lines, f"key {prefix}again vcek", f"key {prefix}vmrk vmrk"]) + "\n"


def keys_of(text, prefix=""):
    names = ["none", *(f"f{field}" for field in range(FIELDS)), "again", "vmrk"]
    keys = {name: words(text, prefix + name) for name in names}
    for name, key in keys.items():
        equal(len(key), 64, f"the key {name}")
    return keys


@story("snpguest's report is good for the crate sev and for go-sev-guest under the model's root, and for neither under another", seconds=1700)
def _():
    text = tell(REPORT + "print request /tmp/request\n", "--host-data", HOST_DATA)
    report = printed_report(text)
    asked = words(text, "request")
    equal(report.data.hex(), asked)
    chain, signature = of_snpguest(report, report_data=asked, host_data=HOST_DATA, measurement=report.measurement.hex())
    contains(succeeded(chain).text, "ARK was self-signed", "ASK was signed by the AMD ARK", "VCEK was signed by the AMD ASK")
    contains(succeeded(signature).text, "VEK signed the Attestation Report")
    wanted = {"report_data": asked, "host_data": HOST_DATA, "measurement": report.measurement.hex()}
    succeeded(of_go(report, **wanted))
    contains(of_go(report, "--amd", **wanted).text, "refused: VCEK could not be verified by any trusted roots")
    contains(of_go(report, certificates=KEYS).text, "not expected for AMD")
    contains(of_go(report, report_data="00" * 64).text, "refused")
    changed = type(report)(report.raw[:0x90] + bytes([report.raw[0x90] ^ 1]) + report.raw[0x91:])
    contains(of_go(changed).text, "refused")
    equal(of_snpguest(changed)[1].status == 0, False, "the crate sev takes a report that was changed")


@story("a guest gets the host's certificates with its report, and they are the model's", seconds=600)
def _():
    text = tell("snpguest certificates pem /tmp/certs && for name in ark ask vcek; do while read line; do echo \"$name: $line\"; done </tmp/certs/$name.pem; done",
                "--certificates", KEYS)
    for name in ("ark", "ask", "vcek"):
        lines = re.findall(rf"\b{name}: (\S.*?)\r?$", text, re.M)
        equal("\n".join(lines) + "\n", (KEYS / f"{name}.pem").read_text())


@story("derived keys stay, and each field that a guest selects is mixed in; another host's data gives others", seconds=1200)
def _():
    keys = keys_of(tell(keys_script()))
    equal(keys["none"], keys["again"], "the same request's key")
    equal(len(set(keys.values())), len(keys) - 1, "keys of different requests")
    other = keys_of(tell(keys_script(), "--host-data", HOST_DATA))
    equal(set(keys.values()) & set(other.values()), set(), "keys under other data of the host")


def id_block(digest):
    """ID block and its authentication, of the crate's making; and the digests of both keys."""
    folder = scratch("")
    for name in ("id", "author"):
        key = ec.generate_private_key(ec.SECP384R1())
        (folder / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    succeeded(execute([snpguest(), "generate", "id-block", folder / "id.pem", folder / "author.pem", f"0x{digest}", "-f", "11" * 16, "-m", "22" * 16,
                       "-s", "3", "-p", "0x30000", "-i", folder / "block.txt", "-a", folder / "auth.txt"]))
    for name in ("block", "auth"):
        (folder / name).write_bytes(base64.b64decode((folder / f"{name}.txt").read_text()))
    digests = {name: succeeded(execute([snpguest(), "generate", "key-digest", folder / f"{name}.pem"])).text.strip().removeprefix("0x")
               for name in ("id", "author")}
    return folder / "block", folder / "auth", digests


@story("an ID block of the crate's making is taken for its guest alone, and its keys and numbers are in the report and in derived keys", seconds=1200)
def _():
    script = KEY + "key none vcek\nkey svn vcek --guest_field_select 16 --guest_svn 3\nkey toohigh vcek --guest_field_select 16 --guest_svn 4\n" + REPORT
    plain = words(tell(script, "--pages", scratch("pages")), "none")
    python = peers(FOLDER / "strangers" / "python_peers.txt")
    digest = succeeded(execute([python, FOLDER / "strangers" / "predict_digest.py", scratch("pages")])).text.strip()
    block, auth, digests = id_block(digest)
    text = tell(script, "--id-block", block, "--id-auth", auth)
    signed = printed_report(text)
    equal(signed.measurement.hex(), digest)
    contains(succeeded(of_snpguest(signed, id_key_digest=digests["id"], author_key_digest=digests["author"])[1]).text, "VEK signed the Attestation Report")
    succeeded(of_go(signed, family_id="11" * 16, image_id="22" * 16, svn=3, id_key_digest=digests["id"]))
    contains(of_go(signed, svn=4).text, "refused")
    true(words(text, "none") not in ("", plain), "another key under an ID block")
    true(len(words(text, "svn")) == 64, "a key for the SVN of the ID block")
    equal(words(text, "toohigh"), "", "a key for an SVN that the guest has not")
    # The same block, another guest; and a block that somebody has changed.
    guest = Guest()
    guest.script("echo end of the script")
    contains(guest.run("--id-block", block, "--id-auth", auth).err.decode(), "KVM_SEV_SNP_LAUNCH_FINISH: Input/output error, firmware says 11")
    changed = bytearray(block.read_bytes())
    changed[84] ^= 1
    block.write_bytes(changed)
    contains(guest.run("--id-block", block, "--id-auth", auth).err.decode(), "firmware says 10")
    contains(guest.run("--policy", "0xb0000", "--id-block", block, "--id-auth", auth).err.decode(), "firmware says")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""cases.py VECTORS FOLDER: each SNP report, quote and Nitro document of the manifest with all that its verification needs, as FOLDER/cases.json.

All programs here and in bench/attest read this one file: for each case the paths of evidence and endorsements (DER, PEM as
`chain`), whether it is good, and a time at which as much as possible is valid. A bad one gets what belongs to the good one that it was made from.
"""
import datetime
import functools
import json
import pathlib
import sys

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def utc(date):
    return int(date.replace(tzinfo=datetime.timezone.utc).timestamp())


def certificates_of(pem):
    """All of a PEM file's. Debian's cryptography reads one at a time."""
    end = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(part + end) for part in pem.split(end)[:-1]]


class Cases:
    def __init__(self, vectors, folder):
        self.vectors, self.folder = pathlib.Path(vectors).absolute(), pathlib.Path(folder).absolute()
        self.entries = {entry["path"]: entry for entry in json.loads((self.vectors / "MANIFEST.json").read_text())["vectors"]}

    def path(self, name):
        return str(self.vectors / name)

    def of_kind(self, kind):
        return [entry for entry in self.entries.values() if entry["kind"] == kind]

    def base_of(self, entry):
        return self.entries.get(entry["provenance"].get("derived_from"), entry)

    def written(self, name, content):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def snp(self, entry):
        expected, base = entry["expected"], self.base_of(entry)["expected"]
        files = expected.get("use_with", [])
        window = base.get("valid_window")
        if len(files) != 2 or not window or not all((self.vectors / file).exists() for file in files):
            return None
        name = pathlib.Path(files[1]).stem
        ask, ark = certificates_of((self.vectors / files[1]).read_bytes())
        out = {"kind": "snp", "at": seconds(window[0]) + 86400, "leaf": self.path(files[0]),
               "ask": self.written(name + ".ask.der", ask.public_bytes(serialization.Encoding.DER)),
               "ark": self.written(name + ".ark.der", ark.public_bytes(serialization.Encoding.DER))}
        lists = [crl for crl in self.of_kind("amd-crl") if crl["fields"]["issuer"] in ark.subject.rfc4514_string()]
        if lists:
            out["crl"] = self.path(lists[0]["path"])
        return out

    def signers_of(self, document):
        """The certificates of the key that signed a document of Intel's: several bear one name, some one key."""
        text = (self.vectors / document).read_bytes()
        body = text[text.index(b":") + 1:text.rindex(b',"signature"')]
        raw = bytes.fromhex(json.loads(text)["signature"])
        signature = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        for entry in self.of_kind("intel-tcb-signing-cert"):
            key = x509.load_der_x509_certificate((self.vectors / entry["path"]).read_bytes()).public_key()
            try:
                key.verify(signature, body, ec.ECDSA(hashes.SHA256()))
                yield entry["path"]
            except InvalidSignature:
                pass

    @functools.cache
    def window_of(self, name):
        """From when to when a document, list or certificate holds."""
        content = (self.vectors / name).read_bytes()
        if name.endswith(".json"):
            body = next(value for key, value in json.loads(content).items() if key != "signature")
            return seconds(body["issueDate"]), seconds(body["nextUpdate"])
        if ".crl." in name:
            crl = x509.load_der_x509_crl(content)
            return utc(crl.last_update), utc(crl.next_update)
        certificate = x509.load_der_x509_certificate(content)
        return utc(certificate.not_valid_before), utc(certificate.not_valid_after)

    def at_one_time(self, window, names):
        """As many of these as hold at one time within the window; that time, and how many."""
        times = [window[0]] + [max(window[0], self.window_of(name)[0]) for name in names]
        times = [at for at in times if at <= window[1]]
        return max(((sum(a <= at <= b for a, b in map(self.window_of, names)), at) for at in times), default=(0, window[0]))

    def collateral(self, evaluation, window, expected):
        """Files for one evaluation, and how good they are together."""
        documents = [evaluation.get("tcbinfo"), evaluation.get("qe_identity")]
        if not all(documents) or evaluation["converged_status"] == "NotFound" or not all((self.vectors / d).exists() for d in documents):
            return None
        signers = list(self.signers_of(documents[0]))
        lists = expected.get("pck_not_revoked_in", [])
        if not signers or not lists:
            return None
        roots = [entry["path"] for entry in self.of_kind("intel-crl") if entry["fields"]["crl_for"] == "root"]
        choices = (self.at_one_time(window, [*documents, signer, pck, root]) + (signer, pck, root)
                   for signer in signers for pck in lists for root in roots)
        fitting, at, signer, pck, root = max(choices)
        authority = "processor" if "processor" in pck else "platform"
        newer = json.loads((self.vectors / documents[0]).read_text())["tcbInfo"]["version"]
        return (fitting, newer), {"at": at, "tcb_info": self.path(documents[0]), "qe_identity": self.path(documents[1]),
                                  "signer": self.path(signer), "ca": self.path(f"roots/intel-pck-{authority}-ca.der"),
                                  "pck_crl": self.path(pck), "root_crl": self.path(root), "status": evaluation["converged_status"]}

    def quote(self, entry):
        expected = self.base_of(entry)["expected"]
        if "chain_valid_window" not in expected:
            return None
        window = tuple(map(seconds, expected["chain_valid_window"]))
        found = [self.collateral(evaluation, window, expected) for evaluation in expected.get("tcb_evaluations", [])]
        best = max((each for each in found if each), key=lambda each: each[0], default=(None, {"at": window[0] + 86400}))
        return {"kind": "sgx" if entry["kind"].startswith("sgx") else "tdx", "version": int(entry["kind"][-1]),
                "root": self.path("roots/intel-sgx-root-ca.der"), **best[1]}

    def nitro(self, entry):
        base = self.base_of(entry)["expected"]
        return {"kind": "nitro", "at": seconds(base["evaluate_at"]) + 1} if "evaluate_at" in base else None

    def all(self):
        makers = {"snp-report": self.snp, "sgx-quote-v3": self.quote, "tdx-quote-v4": self.quote, "tdx-quote-v5": self.quote,
                  "nitro-cose-sign1": self.nitro}
        for name, entry in self.entries.items():
            if entry["kind"] in makers and entry["positive"] is not None and (made := makers[entry["kind"]](entry)):
                yield {"name": name, "good": entry["positive"], "evidence": self.path(name), **made}


def write(vectors, folder):
    cases = Cases(vectors, folder)
    found = list(cases.all())
    cases.written("cases.json", json.dumps(found, indent=1).encode())
    return found


if __name__ == "__main__":
    print(len(write(sys.argv[1], sys.argv[2])), "cases")

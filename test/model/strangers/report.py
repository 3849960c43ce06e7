"""Reading a report with Python's cryptography and nothing of ours or the model's: fields by their offsets in AMD's 56860."""
import hashlib
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from harness import BUILD

KEYS = BUILD / "parts" / "tee-model-keys"


@dataclass
class Report:
    raw: bytes

    def field(self, at, size):
        return self.raw[at:at + size]

    @property
    def data(self):
        return self.field(0x50, 64)

    @property
    def measurement(self):
        return self.field(0x90, 48)

    @property
    def policy(self):
        return int.from_bytes(self.field(0x08, 8), "little")

    @property
    def host_data(self):
        return self.field(0xc0, 32)

    @property
    def id_key_digest(self):
        return self.field(0xe0, 48)


def check_signature(report):
    """Raises where the report is not signed by the model's VCEK, or that not by ASK and ARK."""
    chain = [x509.load_pem_x509_certificate((KEYS / f"{name}.pem").read_bytes()) for name in ("ark", "ask", "vcek")]
    ark, ask, vcek = chain
    for issued, issuer in ((ark, ark), (ask, ark), (vcek, ask)):
        issuer.public_key().verify(issued.signature, issued.tbs_certificate_bytes, padding.PSS(padding.MGF1(hashes.SHA384()), 48),
                                   hashes.SHA384())
    r, s = (int.from_bytes(report.field(at, 48), "little") for at in (0x2a0, 0x2e8))
    vcek.public_key().verify(encode_dss_signature(r, s), report.raw[:0x2a0], ec.ECDSA(hashes.SHA384()))


def sha384(data):
    return hashlib.sha384(data).digest()

#!/usr/bin/env python3
"""Speeds of provisioning beside their peers, in one run, the programs taking turns: a table in Markdown.

usage: run.py [package]...      each word is one of MEASUREMENTS; all of them without a word

ENARX_BUILD_DIR is where `provision_bench` was built. Python's Tink is a peer if PYTHON_WITH_TINK names a Python that has it
(the test provision.package makes one in BUILD/package_peers). A measurement is a function that yields rows: what, speed, beside, ratio, reach.
"""
import collections, json, os, pathlib, re, statistics, subprocess, sys

ROUNDS, MIB = 7, 64
BUILD = pathlib.Path(os.environ.get("ENARX_BUILD_DIR") or pathlib.Path(__file__).resolve().parents[2] / "build").resolve()

TINK = """
import io, sys, time, tink
from tink import cleartext_keyset_handle, streaming_aead
from tink.proto import aes_gcm_hkdf_streaming_pb2, common_pb2, tink_pb2
streaming_aead.register()
inner = aes_gcm_hkdf_streaming_pb2.AesGcmHkdfStreamingKey(version=0, key_value=b'7' * 32)
inner.params.ciphertext_segment_size, inner.params.derived_key_size, inner.params.hkdf_hash_type = 1 << 20, 32, common_pb2.SHA256
keys = tink_pb2.Keyset(primary_key_id=1)
one = keys.key.add(key_id=1, status=tink_pb2.ENABLED, output_prefix_type=tink_pb2.RAW)
one.key_data.type_url = 'type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey'
one.key_data.value, one.key_data.key_material_type = inner.SerializeToString(), tink_pb2.KeyData.SYMMETRIC
aead = cleartext_keyset_handle.read(tink.BinaryKeysetReader(keys.SerializeToString())).primitive(streaming_aead.StreamingAead)
text = bytes(int(sys.argv[1]) << 20)
class Keep(io.BytesIO):
    def close(self): pass
out = Keep()
started = time.perf_counter()
with aead.new_encrypting_stream(out, b'') as stream:
    for at in range(0, len(text), 1 << 20): stream.write(text[at:at + (1 << 20)])
sealed = time.perf_counter()
with aead.new_decrypting_stream(io.BytesIO(out.getvalue()), b'') as stream:
    while stream.read(1 << 20): pass
opened = time.perf_counter()
print(len(text) / (sealed - started), len(text) / (opened - sealed))
"""


def output(*line):
    done = subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{line[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def openssl(what):
    """Bytes per second of a cipher or digest with pieces of 1 MiB less a tag."""
    said = output("openssl", "speed", "-evp", what, "-bytes", (1 << 20) - 16, "-seconds", 1)
    return float(re.search(rf"^{what}\s+([\d.]+)k", said, re.MULTILINE | re.IGNORECASE).group(1)) * 1000


def here_and_in_a_keep():
    """The calls that measure our own speeds, and what is said behind their rows."""
    bench = BUILD / "parts/provision_bench"
    yield "", [bench, MIB, 1]
    if os.access("/dev/kvm", os.R_OK | os.W_OK):
        yield ", in a KVM Keep", [BUILD / "enarx", "exec", bench, MIB, 1]


def package():
    found = collections.defaultdict(list)
    python = os.environ.get("PYTHON_WITH_TINK")
    for _ in range(ROUNDS):
        for where, line in here_and_in_a_keep():
            for row in map(json.loads, output(*line).splitlines()):
                found[row["what"] + where].append(row["bytes_per_second"])
        found["openssl"].append(openssl("aes-256-gcm"))
        found["openssl SHA-256"].append(openssl("sha256"))
        if python:
            sealed, opened = output(python, "-c", TINK, MIB).split()
            found["Tink seals"].append(float(sealed))
            found["Tink opens"].append(float(opened))
    speed = {what: statistics.median(speeds) / 1e9 for what, speeds in found.items()}
    speed["openssl's AES and SHA-256, one after the other"] = 1 / (1 / speed["openssl"] + 1 / speed["openssl SHA-256"])
    reach = {"openssl": ">= 1 GB/s, 0.8"}
    both = "openssl's AES and SHA-256, one after the other"
    for what, peers in (
        ("segments sealed", ["openssl", "Tink seals"]),
        ("segments opened", ["openssl", "Tink opens"]),
        ("segments opened, in a KVM Keep", ["openssl"]),
        ("layer loaded as the Keep does", ["openssl", both, "Tink opens"]),
        ("layer loaded as the Keep does, in a KVM Keep", ["openssl", both]),
        ("of that, SHA-256 alone", ["openssl SHA-256"]),
    ):
        ours = speed.get(what.removeprefix("of that, "))
        for peer in peers:
            if ours and peer in speed:
                yield what, ours, f"{peer} {speed[peer]:.2f}", ours / speed[peer], reach.get(peer, "")


MEASUREMENTS = {"package": package}


def main():
    words = sys.argv[1:] or list(MEASUREMENTS)
    if unknown := [word for word in words if word not in MEASUREMENTS]:
        sys.exit(f"no measurement {unknown[0]}: there are {', '.join(MEASUREMENTS)}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; medians of {ROUNDS}, {MIB} MiB\n")
    print("| what | GB/s | beside, GB/s | ratio | reach |\n|---|---:|---:|---:|---:|")
    for word in words:
        for what, speed, beside, ratio, reach in MEASUREMENTS[word]():
            print(f"| {what} | {speed:.2f} | {beside} | {ratio if isinstance(ratio, str) else f'{ratio:.2f}'} | {reach} |")


if __name__ == "__main__":
    main()

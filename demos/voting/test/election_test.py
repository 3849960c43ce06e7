#!/usr/bin/env python3
"""The election in a Keep: voters, officials, verifiers, and those who mean no good. ENARX_TEST_BACKEND chooses the Keep."""
import asyncio
import concurrent.futures
import copy
import os
import pathlib
import re
import resource
import socket
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "test/scenario"))
from harness import *  # noqa: E402,F403
from harness import BACKEND  # noqa: E402
from polling_station import Station, digest, election_verify, statement, unchecked  # noqa: E402

ALLOW = ("--allow-no-hardware",)


def station(**how):
    return Station(scratch("election"), BACKEND, **how)


def everybody_votes(place, choices):
    kept = []
    for code, choice in zip(place.voters, choices):
        status, answer, mine = place.vote(code, choice)
        equal(status, 200, str(answer))
        kept.append(mine)
    return kept


@story("nine voters, receipts, two officials, a result that everybody can check")
def whole():
    with station() as place:
        kept = everybody_votes(place, (1, 0, 1, 0, 1, 1, 1, 1, 1))
        equal([answer["closed"] for _, answer in place.close()], [False, True])
        record = place.record()
        shown = place.shown_certificate()
    equal(record["result"]["tally"], [2, 7])
    equal(place.certificate, shown, "the certificate that the Keep binds and the one that its listener shows")
    status, said = election_verify(scratch(), record, *kept, options=(*ALLOW, "--certificate", shown))
    equal(status, 0, said)
    true(said.startswith("NO HARDWARE"), f"something is said before NO HARDWARE: {said}")
    equal(said.count("counted as it was cast"), 9)
    status, said = election_verify(scratch(), record)
    equal(status, 1, "without --allow-no-hardware it must not pass")


@story("who voted what does not stand in the record: no code beside a ballot, all lists sorted, receipts open nothing")
def unlinked():
    with station() as place:
        kept = everybody_votes(place, (1, 0, 1, 0, 1, 1, 1, 1, 1))
        place.close()
        record = place.record()
    for batch in record["board"]:
        equal(batch["commitments"], sorted(batch["commitments"]))
        true(len(batch["commitments"]) >= 2, "a batch that is smaller than named")
    ballots = record["result"]["ballots"]
    equal(ballots, sorted(ballots, key=lambda one: one["tracker"]))
    equal(record["result"]["spent"], sorted(record["result"]["spent"]))
    equal(set(ballots[0]), {"tracker", "choice"})
    receipt = {key: kept[0][key] for key in ("election", "commitment", "batches", "head", "signature")}
    true(kept[0]["nonce"] not in str(record) and receipt["commitment"] not in str(record["result"]), "a link")


@story("one code, one vote; a lost answer can be asked for again")
def double():
    with station() as place:
        nonce = os.urandom(32)
        first = place.vote(place.voters[0], 1, nonce)
        equal(place.vote(place.voters[0], 1, nonce)[1], first[1])
        equal(place.vote(place.voters[0], 0)[0], 409)
        equal(place.vote(place.voters[0], 1)[1]["error"], "code-spent")
        equal(place.vote("ABCD-ABCD-ABCD-ABCD", 1)[1]["error"], "unknown-code")
        equal(place.vote(place.voters[1], 7)[1]["error"], "no-such-choice")
        equal(place.vote(place.officials[0], 1)[1]["error"], "unknown-code")
        equal(place.ask("/election")[1]["cast"], 1)


@story("an election is not closed by one official, by one twice, or by voters")
def quorum():
    with station() as place:
        everybody_votes(place, (1,))
        for code in (place.officials[0], place.officials[0], place.voters[0], place.voters[5], "", "x" * 3000):
            place.ask("/close", {"code": code})
        equal(place.ask("/election")[1]["closed"], False)
        equal(place.ask("/result")[0], 409)
        place.ask("/close", {"code": place.officials[2]})
        equal(place.ask("/election")[1]["closed"], True)
        equal(place.vote(place.voters[1], 0)[1]["error"], "closed")


def first_batch(record):
    return record["board"][0]["commitments"]


FORGERIES = {
    "vote dropped": (lambda r: first_batch(r).pop(), ("board.chain", "result.ballots")),
    "batch dropped": (lambda r: r["board"].pop(0), ("board.number",)),
    "vote changed": (lambda r: first_batch(r).__setitem__(0, "00" * 32), ("board.chain",)),
    "counted vote changed": (lambda r: r["result"]["ballots"][0].__setitem__("choice", 1 - r["result"]["ballots"][0]["choice"]),
                             ("result.tally", "result.signature")),
    "vote added": (lambda r: first_batch(r).append("ff" * 32), ("board.chain", "result.ballots")),
    "tally forged": (lambda r: r["result"]["tally"].reverse(), ("result.tally", "result.signature")),
    "signature wrong": (lambda r: r["result"].__setitem__("signature", "00" * 64), ("result.signature",)),
    "older board": (lambda r: r["board"].pop(), ("result.board",)),
    "rules changed": (lambda r: r["election"].__setitem__("definition", r["election"]["definition"].replace("quorum: 2", "quorum: 1")),
                      ("election.id",)),
}


@story("election-verify names what an administrator does to the record")
def forgeries():
    with station() as place:
        everybody_votes(place, (1, 0, 1, 0, 1))
        place.close()
        record = place.record()
    equal(election_verify(scratch(), record, options=ALLOW)[0], 0)
    for name, (forge, rules) in FORGERIES.items():
        forged = copy.deepcopy(record)
        forge(forged)
        status, said = election_verify(scratch(), forged, options=ALLOW)
        equal(status, 1, f"{name}: {said}")
        contains(said, *(f"DOES NOT FIT {rule}:" for rule in rules))


@story("evidence of another Keep, the board of another election and a Keep of the administrator's own are named")
def another_keep():
    with Station(scratch("one"), BACKEND) as one:
        kept = everybody_votes(one, (1, 0, 1, 0))
        one.close()
        record = one.record()
    with Station(scratch("one"), BACKEND, port=one.port, make=False) as again:  # the same package, run once more
        everybody_votes(again, (0, 0, 0, 0))
        again.close()
        other = again.record()
    mixed = copy.deepcopy(record)
    mixed["election"]["evidence"] = other["election"]["evidence"]
    status, said = election_verify(scratch(), mixed, options=ALLOW)
    equal(status, 1)
    contains(said, "DOES NOT FIT evidence.binding")
    status, said = election_verify(scratch(), other, kept[0], options=ALLOW)
    equal(status, 1)
    contains(said, "receipt.election")
    contains(said.splitlines()[0], "NO HARDWARE", "An administrator may have run one of his own")


@story("files that are none of ours are refused with the place, and nothing crashes")
def malformed():
    for record in ({}, [], {"election": 1}, {"election": {"definition": "title"}}, "x", 3):
        status, said = election_verify(scratch(), record)
        equal(status, 2, str(said))
        contains(said, "election-record.json")


@story("killed in the middle: nothing of the election is on the disk, and board and receipts show what was lost", seconds=90)
def killed():
    with station(batch=2) as place:
        kept = everybody_votes(place, (1, 0, 1, 0, 1))
        record = place.record()
        equal(files_open_for_writing(place.process.pid), [])
        place.process.kill()
        place.process.wait()
        place.wait_until_gone()
    equal(len(record["board"]), 1)  # two of five; three waited
    status, said = election_verify(scratch(), record, *kept, options=ALLOW)
    equal(status, 1)
    contains(said, "DOES NOT FIT result.missing")
    equal((said.count("is in batch 1"), said.count("receipt.waiting")), (2, 3))
    secrets = [one["nonce"].encode() for one in kept] + [bytes.fromhex(one["nonce"]) for one in kept]
    for path in [*scratch("election").rglob("*"), *(place_of_cache().rglob("*"))]:
        if path.is_file() and "codes" not in path.parts:
            content = path.read_bytes()
            true(not any(secret in content for secret in secrets), f"{path} holds a ballot")


def files_open_for_writing(pid):
    """Files on a disk that the process could write its memory to."""
    found = []
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
            flags = int(re.search(r"flags:\s*(\d+)", pathlib.Path(f"/proc/{pid}/fdinfo/{link.name}").read_text())[1], 8)
        except FileNotFoundError:
            continue  # a connection that has ended meanwhile
        if flags & os.O_ACCMODE != os.O_RDONLY and os.path.isfile(target):
            found.append(target)
    return found


def place_of_cache():
    return pathlib.Path(BUILD / "test-cache")


@story("slow, silent and broken clients do not hold up a voter", seconds=90)
def rude_clients():
    with station() as place:
        rude = [silent(place), half_request(place), *(reset(place) for _ in range(20)), not_tls(place)]
        for _ in range(3):
            rude.append(never_reads(place))
        started = time.monotonic()
        everybody_votes(place, (1, 0, 1))
        true(time.monotonic() - started < 20, "the voters had to wait")
        for content in (b"GET\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b"POST /vote HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                        b"POST /vote HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"A" * 20000, b"GET / HTTP/9.9\r\n\r\n"):
            true(b"HTTP/1.1 4" in answer_to(place, content) or b"HTTP/1.1 5" in answer_to(place, content), f"no refusal of {content[:40]}")
        equal(place.ask("/election")[1]["cast"], 3)
        for one in rude:
            if one:
                one.close()


def secure(place):
    return unchecked().wrap_socket(socket.create_connection(("127.0.0.1", place.port), timeout=15))


@story("two hundred voters at once, each of them with two votes: one of the two counts", seconds=120)
def crowd():
    with station(voters=200, batch=10) as place:
        with concurrent.futures.ThreadPoolExecutor(40) as people:
            tries = [(code, choice) for code in place.voters for choice in (0, 1)]
            answers = list(people.map(lambda one: place.vote(*one), tries))
        equal(sorted(status for status, _, _ in answers), [200] * 200 + [409] * 200)
        place.close()
        record = place.record()
    equal(sum(record["result"]["tally"]), 200)
    kept = [mine for status, _, mine in answers if status == 200]
    status, said = election_verify(scratch(), record, *kept, options=ALLOW)
    equal(status, 0, said[-500:])
    equal(said.count("counted as it was cast"), 200)


@story("a thousand voters whose connections are all open at the same time", seconds=180)
def thousand():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, 4096), limit))

    async def vote(streams, code):
        reader, writer = streams
        body = f"code={code}&choice=1&nonce={os.urandom(32).hex()}"
        writer.write(f"POST /vote HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = await reader.read()
        writer.close()
        return answer[:12]

    async def everybody(place):
        context = unchecked()
        streams = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", place.port, ssl=context, ssl_handshake_timeout=120)
                                         for _ in place.voters))
        return await asyncio.gather(*(vote(stream, code) for stream, code in zip(streams, place.voters)))

    with station(voters=1000, batch=50) as place:
        answers = asyncio.run(everybody(place))
        equal(answers.count(b"HTTP/1.1 200"), 1000)
        equal(place.ask("/election")[1]["cast"], 1000)


def silent(place):
    return socket.create_connection(("127.0.0.1", place.port))


def half_request(place):
    client = secure(place)
    client.sendall(b"POST /vote HTTP/1.1\r\nContent-Length: 50\r\n\r\ncode=")
    return client


def reset(place):
    client = socket.create_connection(("127.0.0.1", place.port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.sendall(b"\x16\x03\x01")
    client.close()


def not_tls(place):
    client = socket.create_connection(("127.0.0.1", place.port))
    client.sendall(b"GET / HTTP/1.1\r\n\r\n" * 10)
    return client


def never_reads(place):
    client = secure(place)
    client.sendall(b"GET /page.js HTTP/1.1\r\n\r\n" * 100)
    return client


def answer_to(place, content):
    with secure(place) as client:
        client.sendall(content)
        try:
            return client.recv(1000)
        except OSError:
            return b""


@story("the page is whole in itself: no address of elsewhere, a policy that forbids everything else")
def page():
    with station() as place:
        connection = place.connection()
        for path in ("/", "/page.js", "/page.css", "/icon.svg"):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
            equal(answer.status, 200)
            policy = answer.getheader("Content-Security-Policy")
            contains(policy, "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
            true("unsafe" not in policy, policy)
            addresses = body.replace("http://www.w3.org/2000/svg", "")
            true("http://" not in addresses and "https://" not in addresses and "<script>" not in body, f"{path} reaches elsewhere")
        connection.request("GET", "/../codes/voters")
        equal(connection.getresponse().status, 404)
        connection.close()


@story("the values of the protocol as another program computes them from its text")
def independent():
    with station() as place:
        _, _, mine = place.vote(place.voters[0], 1)
        place.close()
        record = place.record()
    election = bytes.fromhex(record["election"]["id"])
    equal(record["election"]["id"], digest("election", record["election"]["definition"].encode(),
                                           bytes.fromhex(record["election"]["key"]), bytes.fromhex(record["election"]["certificate"])))
    equal(mine["commitment"], digest("ballot", election, bytes.fromhex(mine["nonce"]), 1))
    equal(record["result"]["ballots"][0]["tracker"], digest("tracker", election, bytes.fromhex(mine["nonce"])))
    head = digest("link", bytes.fromhex(digest("board", election)), 1, 1, bytes.fromhex(mine["commitment"]))
    equal(record["board"][0]["head"], head)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(record["election"]["key"]))
    key.verify(bytes.fromhex(record["board"][0]["signature"]), statement("batch", election, 1, 1, bytes.fromhex(head)))


main()

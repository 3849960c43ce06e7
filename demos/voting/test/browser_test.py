#!/usr/bin/env python3
"""The election in a real browser: votes, checks the receipt, closes, verifies. Makes the pictures of the README:
below the build folder, or in demos/voting/pictures where ENARX_PICTURES is set."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "test/scenario"))
from harness import *  # noqa: E402,F403
from harness import BACKEND, BUILD, SOURCE  # noqa: E402
from polling_station import Station, election_verify  # noqa: E402
import webdriver  # noqa: E402

PICTURES = SOURCE / "demos/voting/pictures" if os.environ.get("ENARX_PICTURES") else BUILD / "demos/voting/pictures"
PICTURES.mkdir(exist_ok=True)


def browser():
    if reason := webdriver.missing():
        skip(reason)
    return webdriver.Browser(folder("downloads"))


def station(**how):
    return Station(scratch("election"), BACKEND, **how)


def page_of(place):
    return f"https://127.0.0.1:{place.port}/"


@story("a voter votes, checks the receipt, two officials close, everybody verifies", seconds=180)
def whole():
    with browser() as view, station() as place:
        view.size(420, 900)
        view.open(page_of(place))
        equal(view.wait_for("#title", "Mayor"), "Mayor of Toytown")
        true(view.visible("#hardware"), "NO HARDWARE is not shown")
        contains(view.text("#hardware"), "NO HARDWARE")
        equal(view.text("#certificate").replace(":", ""), place.shown_certificate())
        view.type("#code", place.voters[0].lower())
        view.click("input[name=choice][value='1']")
        view.click("#vote button")
        view.wait_for("#vote-answer", "Your vote is cast.")
        view.wait_for("#signed", "yes, checked here")
        view.run("window.scrollTo(0, 0)")
        view.picture(PICTURES / "telephone.png", 420, 1150)
        for code, choice in zip(place.voters[1:7], (0, 1, 0, 1, 1, 0)):
            equal(place.vote(code, choice)[0], 200)
        view.click("#check button")
        view.wait_for("#check-answer", "on the board, in batch 1")
        for code in place.officials[:2]:
            view.type("#official", code)
            view.click("#close button")
            view.wait_for("#close-answer", "officials have spoken" if code == place.officials[0] else "The election is closed.")
        view.wait_for("#result-answer", "7 ballots, 7 codes used, closed by 2 officials; the list adds up.")
        contains(view.text("#tally"), "Alice 3", "Bob 4")
        view.click("#check button")
        view.wait_for("#check-answer", "It was counted for Bob.")
        view.picture(PICTURES / "closed.png", 800)
        receipt = json.loads(view.download("#save-receipt", "receipt.json"))
        secret = json.loads(view.download("#save-secret", "secret-part.json"))
        record = json.loads(view.download("a[href='/record']", "election-record.json"))
        equal(view.complaints(), [])
    true("nonce" not in receipt and "choice" not in receipt, "the receipt tells the vote")
    status, said = election_verify(scratch(), record, receipt, secret, options=("--allow-no-hardware",))
    equal(status, 0, said)
    contains(said, "counted as it was cast: for Bob")


@story("with the keyboard alone", seconds=120)
def keyboard():
    with browser() as view, station() as place:
        view.open(page_of(place) + "#code=" + place.voters[0])
        view.wait_for("#state", "0 of 9")
        equal(view.run("return location.hash"), "", "the code stays in the address")
        equal(view.run("return document.getElementById('code').value"), place.voters[0])
        view.keys("Tab", "Tab", "Space", "Tab", "Enter")
        view.wait_for("#vote-answer", "Your vote is cast.")
        equal(view.complaints(), [])


@story("what goes wrong is said in words: a code of nobody, a code spent, no receipt yet", seconds=120)
def said_in_words():
    with browser() as view, station() as place:
        view.open(page_of(place))
        view.wait_for("#state", "0 of 9")
        view.click("#check button")
        view.wait_for("#check-answer", "There is no receipt yet")
        place.vote(place.voters[0], 1)
        for code, words in (("ABCD-ABCD-ABCD-ABCD", "no code of this election"), (place.voters[0], "cast with this code before")):
            view.run("document.getElementById('vote').reset()")
            view.type("#code", code)
            view.click("input[name=choice][value='0']")
            view.click("#vote button")
            view.wait_for("#vote-answer", words)


@story("the attack table as a page", seconds=240)
def attack_table():
    if os.geteuid() != 0:
        skip("the attacker is root, and this user is not")
    table = scratch("attacks.html")
    with browser() as view:
        subprocess.run([SOURCE / "demos/voting/attack_all.sh", "--html", table], check=True, stdout=subprocess.DEVNULL)
        view.size(1200, 900)
        view.open(f"file://{table}")
        contains(view.text("table"), "An administrator attacks a running election", "native, no Keep", "3 votes changed")
        view.picture(PICTURES / "attacks.png", 1150)


main()

#!/usr/bin/env python3
"""The attestation service's pages in a real browser: who sees what, and that everybody can read it. Makes the pictures of
docs/steward.md: below the build folder, or in docs/pictures where ENARX_PICTURES is set."""
import hashlib
import http.client
import os
import pathlib
import ssl
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "demos/voting/test"))
from harness import *  # noqa: E402,F403
from harness import BUILD, SOURCE  # noqa: E402
from service import Service, done, enarx  # noqa: E402
import webdriver  # noqa: E402

PICTURES = SOURCE / "docs/pictures" if os.environ.get("ENARX_PICTURES") else BUILD / "pictures"
OPERATOR, SHOP, BANK = "operator-token-0123456789", "token-of-the-shop-0123456789", "token-of-the-bank-0123456789"
HOSTILE = "<script>alert(1)</script>"

# For each visible element with text of its own: its contrast with what is behind it (WCAG 2, 1.4.3).
CONTRAST = """
const channel = c => { c /= 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
const parts = text => text.match(/[\\d.]+/g).map(Number);
const behind = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return parts(getComputedStyle(document.documentElement).backgroundColor); };
let worst = [99, ''];
for (const e of document.body.querySelectorAll('*')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
  const a = light(parts(getComputedStyle(e).color)), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < worst[0]) worst = [ratio, e.outerHTML.slice(0, 120)];
}
return worst;
"""


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def browser(**how):
    if reason := webdriver.missing():
        skip(reason)
    return webdriver.Browser(folder("downloads"), **how)


def service(other=HOSTILE):
    """Two tenants; the shop has a deployment with Keeps and a denial, the other one's name is hostile."""
    done(enarx("key", "tenant", "create", "--out", scratch("bank.key")))
    bank = done(enarx("key", "tenant", "digest", scratch("bank.key"))).text.strip()
    place = Service(settings=f"""operator-tokens = ["{digest(OPERATOR)}"]
[tenant."{other}"]
keys = ["{bank}"]
tokens = ["{digest(BANK)}"]
deployments = ["bank/"]
allow-no-hardware = true
""", of_shop=f'tokens = ["{digest(SHOP)}"]\n')
    place.ready_to_release()
    done(place.deployment("--allow-no-hardware", name="bank/vault", key="bank.key", out="bank.cose"))
    done(place.publish(out="bank.cose", key="bank.key"))
    for out in ("k1", "k2"):
        done(place.pull(out=out))
    contains(place.pull(workload="11" * 32, out="k3").text, "release.workload")
    return place


def ask(place, path, method="GET", headers=None, body=None, operators=False, certificate=None):
    """One request, no redirect followed: status, headers, text."""
    if operators:
        connection = http.client.HTTPConnection("127.0.0.1", place.operator, timeout=20)
    else:
        context = ssl.create_default_context(cafile=place.root)
        if certificate:
            context.load_cert_chain(*certificate)
        connection = http.client.HTTPSConnection("localhost", place.port, timeout=20, context=context)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def bearer(token):
    return {"Authorization": "Bearer " + token}


def log_in(place, token, operators=False, **headers):
    body = urllib.parse.urlencode({"token": token})
    return ask(place, "/login", "POST", {"Content-Type": "application/x-www-form-urlencoded", **headers}, body, operators)


def said_wrong(view):
    """What the browser complains of, but for the refusals that were meant: scripts, styles, policies."""
    return [each for each in view.complaints() if "the server responded with a status of 40" not in each]


def show_token(view, token):
    view.type("#token", token)
    view.click("main button")


@story("the operator shows a token and sees all deployments, Keeps, denials with their rule, and the log", seconds=180)
def operator():
    place = service()
    with browser() as view:
        view.size(1200, 900)
        view.open(f"http://127.0.0.1:{place.operator}/")
        contains(view.text("body"), "shows itself to its operator")
        true("shop/api" not in view.text("body"), "a stranger reads a name")
        show_token(view, SHOP)
        view.wait_for("[role=alert]", "Nobody here has this token.")
        show_token(view, OPERATOR)
        view.wait_for("header", "You are the operator")
        contains(view.text("#deployments"), "shop/api", "bank/vault", "3 of 3", "NOT REQUIRED", HOSTILE)
        equal(view.text("#alive"), "3")
        contains(view.text("#keeps"), place.status()["keeps"][0]["keep"][:16], "NO HARDWARE")
        contains(view.text("#decisions"), "denied", "release.workload", "accepted", "certificate")
        contains(view.text("#checkpoints"), "UTC")
        equal(view.run("return document.scripts.length"), 0, "the tenant's name is markup")
        view.click("#deployments a[href='/deployments/shop%2fapi']")
        view.wait_for(".figures", "shop/api")
        true("bank" not in view.text("main"), "the page of one shows another")
        view.click("header button")
        view.wait_for("label", "Token")
        equal(said_wrong(view), [])
    true("No token is asked for" not in ask(place, "/", operators=True, headers=bearer(OPERATOR))[2], "unguarded")


@story("a tenant sees its own and nothing of others: theirs is not there, by page or API, and leaving ends it", seconds=180)
def tenant():
    place = service()
    with browser() as view:
        view.open(place.url + "/")
        show_token(view, "wrong-token-0123456789")
        view.wait_for("[role=alert]", "Nobody here has this token.")
        show_token(view, OPERATOR)
        view.wait_for("[role=alert]", "Nobody here has this token.")
        show_token(view, SHOP)
        view.wait_for("header", "You are tenant shop")
        contains(view.text("#deployments"), "shop/api")
        contains(view.text("#decisions"), "release.workload")
        true("bank" not in view.run("return document.documentElement.outerHTML"), "another tenant's name is there")
        view.open(place.url + "/deployments/bank%2fvault")
        view.wait_for("main", "There is no such deployment of yours")
        equal(view.run("return document.cookie"), "", "the cookie can be read")
        view.click("main a")
        view.wait_for("header", "You are tenant shop")
        view.click("header button")
        view.wait_for("label", "Token")
        view.open(place.url + "/deployments/shop%2fapi")
        view.wait_for("label", "Token")
        equal(said_wrong(view), [])
    for path in ("/deployments/bank%2fvault", "/deployments/none%2fthere"):
        equal(ask(place, path, headers=bearer(SHOP))[0], 404, path)
    equal(ask(place, "/deployments/bank%2fvault", headers=bearer(SHOP))[2],
          ask(place, "/deployments/none%2fthere", headers=bearer(SHOP))[2], "the answers tell which one exists")
    for token, status in ((SHOP, 200), (BANK, 404), (OPERATOR, 401), ("wrong-token-0123456789", 401)):
        equal(ask(place, "/v1/deployments/shop%2fapi", headers=bearer(token))[0], status, token)


@story("the certificate of a tenant's key shows its page, too, and one of nobody's key shows nothing")
def certificate():
    place = service()
    done(enarx("key", "tenant", "create", "--out", scratch("nobody.key")))
    for name, status in (("tenant", 200), ("nobody", 401)):
        pem = scratch(name + ".pem")
        done(execute(["openssl", "req", "-x509", "-new", "-key", scratch(name + ".key"), "-subj", "/CN=x", "-out", pem]))
        got = ask(place, "/", certificate=(pem, scratch(name + ".key")))
        equal(got[0], status, name)
        equal("shop/api" in got[2], status == 200)
    equal(ask(place, "/")[0], 401)


@story("it can be read without scripts, on a narrow screen without scrolling sideways, and by the keyboard alone", seconds=240)
def everybody():
    place = service()
    PICTURES.mkdir(exist_ok=True)
    with browser(scripts=False) as view:
        view.size(500, 900)
        view.open(place.url + "/")
        view.keys("Tab")
        equal(view.run("return document.activeElement.className"), "skip")
        view.keys("Tab", *SHOP, "Enter")
        view.wait_for("header", "You are tenant shop")
        order = []
        for _ in range(4):
            view.keys("Tab")
            order.append(view.run("const e = document.activeElement; return e.textContent.trim()"))
        equal(order, ["To the content", "Leave", "shop/api", "The newest one as it is signed, and the key"])
        outline = view.run("const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]")
        true(outline[0] != "none" and outline[1] >= 2, f"the focus cannot be seen: {outline}")
        for width in (320, 360, 500, 768, 1200):
            narrow(view, width)
        view.screen(360, 900)
        equal(view.run("return getComputedStyle(document.querySelector('#keeps td'), '::before').content"), '"Deployment"')
        equal(view.run("return [document.documentElement.lang, document.querySelectorAll('h1').length, "
                       "document.querySelectorAll('main').length, document.title]"), ["en", 1, 1, "steward.example"])
        headings = view.run("return [...document.querySelectorAll('h2')].map(e => e.textContent)")
        equal(headings, ["Deployments", "Keeps alive", "Last decisions", "Log"])


def narrow(view, width):
    view.screen(width, 900)
    wide, where = view.run("""let most = [document.documentElement.scrollWidth, 'the page'];
        for (const e of document.querySelectorAll('body *')) {
          const right = e.getBoundingClientRect().right;
          if (e.getClientRects().length && !e.closest('.skip, thead') && right > most[0]) most = [right, e.outerHTML.slice(0, 120)];
        } return most""")
    true(wide <= width + 1, f"at {width} px this is {wide} px wide: {where}")


@story("light and dark, every text stands out from what is behind it", seconds=180)
def contrast():
    place = service()
    PICTURES.mkdir(exist_ok=True)
    with browser() as view:
        for scheme in ("light", "dark"):
            view.prefer(scheme)
            view.open(f"http://127.0.0.1:{place.operator}/")
            for pages in range(3):
                if pages == 1:
                    show_token(view, "wrong-token-0123456789")
                    view.wait_for("[role=alert]", "Nobody")
                if pages == 2:
                    show_token(view, OPERATOR)
                    view.wait_for("header", "You are the operator")
                ratio, where = view.run(CONTRAST)
                true(ratio >= 4.5, f"{scheme}: {ratio:.2f} at {where}")
            paper = view.run("return getComputedStyle(document.body).backgroundColor")
            equal(paper, {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 24, 31)"}[scheme])
            view.click("header button")
            view.wait_for("label", "Token")


@story("a page cannot be framed, stored or fed a script; a cookie is this host's alone, and other sites' forms do nothing")
def protected():
    place = service()
    status, headers, _ = log_in(place, SHOP)
    equal((status, headers["Location"]), (303, "/"))
    cookie = headers["Set-Cookie"]
    contains(cookie, "__Host-", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict")
    true("Domain" not in cookie, cookie)
    sent = {"Cookie": cookie.split(";")[0]}
    for path in ("/", "/deployments/shop%2fapi", "/deployments/none", "/page.css"):
        status, headers, text = ask(place, path, headers=sent)
        contains(headers["Content-Security-Policy"], "default-src 'none'", "frame-ancestors 'none'", "form-action 'self'")
        true("unsafe" not in headers["Content-Security-Policy"], "inline is allowed")
        equal((headers["X-Frame-Options"], headers["Cache-Control"], headers["X-Content-Type-Options"]),
              ("DENY", "no-store", "nosniff"))
    equal(log_in(place, SHOP, Origin="https://evil.example")[0], 403)
    equal(log_in(place, SHOP, **{"Sec-Fetch-Site": "cross-site"})[0], 403)
    equal(ask(place, "/logout", "POST", {**sent, "Origin": "https://evil.example"})[0], 403)
    equal(ask(place, "/", headers=sent)[0], 200)
    equal(ask(place, "/logout", "POST", {**sent, "Origin": place.url})[0], 303)
    equal(ask(place, "/", headers=sent)[0], 401, "who has left is let in")
    equal(ask(place, "/", headers={"Host": "evil.example"}, operators=True)[0], 403)


@story("whoever guesses tokens has to wait, and who has the right one does not")
def guesses():
    place = service()
    answers = [ask(place, "/v1/deployments/shop%2fapi", headers=bearer(f"guess-{i:020}"))[0] for i in range(12)]
    equal((answers[:10], answers[-1]), ([401] * 10, 429))
    status, headers, text = log_in(place, "guess-01234567890123")
    equal(status, 429)
    true(int(headers["Retry-After"]) >= 1, "no time is told")
    contains(text, "Too many tries")
    equal(ask(place, "/v1/deployments/shop%2fapi", headers=bearer(SHOP))[0], 200)


@story("revoking wants the operator's token where there is one, and nobody else's")
def revoking():
    place = service()
    keeps = [each["keep"] for each in place.status()["keeps"]]
    for headers, status in (({}, 401), (bearer(SHOP), 401), (bearer(BANK), 401), (bearer(OPERATOR), 200)):
        equal(ask(place, f"/v1/keeps/{keeps[0]}/revoke", "POST", headers, operators=True)[0], status, str(headers))
    equal([each["keep"] for each in place.status()["keeps"]], keeps[1:])
    for path in ("/metrics", "/healthz", "/readyz"):
        equal(ask(place, path, operators=True)[0], 200, path)


@story("without a token of the operator the page says so, and other sites still cannot revoke")
def unguarded():
    open_place = Service()
    open_place.ready_to_release()
    done(open_place.pull())
    keep = open_place.status()["keeps"][0]["keep"]
    contains(ask(open_place, "/", operators=True)[2], "No token is asked for.", "shop/api")
    for headers, status in (({"Origin": "https://evil.example"}, 403), ({"Host": "evil.example:80"}, 403), ({}, 200)):
        equal(ask(open_place, f"/v1/keeps/{keep}/revoke", "POST", headers, operators=True)[0], status, str(headers))


@story("a token that stands there twice, or is none, is told with its place")
def mistakes():
    place = Service(of_shop=f'tokens = ["{digest(SHOP)}"]\n')
    config = place.folder / "steward.toml"
    good = config.read_text()
    for text, said in ((f'operator-tokens = ["{digest(SHOP)}"]\n' + good, "a token stands there twice"),
                       ('operator-tokens = ["secret"]\n' + good, "SHA-256 of tokens"), ("operator-token = []\n" + good, "operator-tokens")):
        config.write_text(text)
        outcome = execute([BUILD / "enarx-steward", "serve", "--config", config])
        equal(outcome.status, 1)
        contains(outcome.errors, said, "(service-configuration-invalid)")


@story("pictures of both pages", seconds=180)
def pictures():
    place = service(other="bank")
    PICTURES.mkdir(exist_ok=True)
    with browser() as view:
        view.prefer("light")
        view.open(f"http://127.0.0.1:{place.operator}/")
        show_token(view, OPERATOR)
        view.wait_for("header", "You are the operator")
        view.picture(PICTURES / "steward-operator.png", 1100, 900)
        view.prefer("dark")
        view.open(place.url + "/")
        show_token(view, SHOP)
        view.wait_for("header", "You are tenant shop")
        view.picture(PICTURES / "steward-tenant.png", 500, 1000)
    for name in ("steward-operator.png", "steward-tenant.png"):
        true((PICTURES / name).stat().st_size < 120_000, f"{name} has {(PICTURES / name).stat().st_size} bytes")


main()

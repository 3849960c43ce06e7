"""A browser under test, by the W3C's WebDriver protocol: Debian's chromium and chromedriver, nothing else."""
import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE_S = 30
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": " ", "Down": "\ue015"}


def missing():
    """What there is not of the browser, or None."""
    lacking = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"{' and '.join(lacking)} missing (apt-get install chromium chromium-driver)" if lacking else None


class Browser:
    """`with Browser(downloads) as browser:`; headless, takes certificates that nobody has signed."""

    def __init__(self, downloads, scripts=True):
        self.downloads = downloads
        self.preferences = {"download.default_directory": str(downloads)}
        if not scripts:  # the page's own; those of the test run all the same
            self.preferences["profile.managed_default_content_settings.javascript"] = 2

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self._wait_for_driver()
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en"]
        wishes = {"browserName": "chrome", "acceptInsecureCerts": True, "goog:loggingPrefs": {"browser": "ALL"},
                  "goog:chromeOptions": {"binary": shutil.which("chromium"), "args": arguments,
                                         "prefs": self.preferences}}
        self.session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wishes}})["sessionId"]
        return self

    def __exit__(self, *_):
        try:
            self._call("DELETE", f"/session/{self.session}")
        finally:
            self.driver.terminate()
            self.driver.wait()

    def _wait_for_driver(self):
        for _ in range(200):
            try:
                if self._call("GET", "/status")["ready"]:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise TimeoutError("chromedriver does not start")

    def _call(self, method, path, content=None):
        data = None if method != "POST" else json.dumps(content or {}).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"].splitlines()[0]) from None

    def _do(self, what, content=None, method="POST"):
        return self._call(method, f"/session/{self.session}/{what}", content)

    def open(self, address):
        self._do("url", {"url": address})

    def size(self, width, height):
        self._do("window/rect", {"width": width, "height": height})

    def run(self, script, *arguments):
        return self._do("execute/sync", {"script": script, "args": list(arguments)})

    def developer(self, command, **parameters):
        """A command of Chromium's own protocol."""
        self._do("goog/cdp/execute", {"cmd": command, "params": parameters})

    def prefer(self, scheme):
        """As a person does who has chosen "light" or "dark"."""
        self.developer("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def screen(self, width, height):
        """Of that size in CSS pixels, also one that no window can have."""
        self.developer("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)

    def find(self, css):
        return self._do("element", {"using": "css selector", "value": css})[ELEMENT]

    def text(self, css):
        return self._do(f"element/{self.find(css)}/text", method="GET")

    def visible(self, css):
        return self._do(f"element/{self.find(css)}/displayed", method="GET")

    def click(self, css):
        self._do(f"element/{self.find(css)}/click")

    def type(self, css, words):
        self._do(f"element/{self.find(css)}/value", {"text": words})

    def keys(self, *words):
        """Typed at whatever has the focus, as a person without a mouse does."""
        pressed = "".join(KEYS.get(word, word) for word in words)
        actions = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        self._do("actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def wait_for(self, css, words):
        """Until the element says these words; returns all that it says."""
        deadline = time.monotonic() + PATIENCE_S
        said = None
        while time.monotonic() < deadline:
            try:
                said = self.text(css)
            except RuntimeError:  # the next page is not there yet, or this one no more
                pass
            if said is not None and words in said:
                return said
            time.sleep(0.05)
        raise TimeoutError(f"{css} says {said!r}, not {words!r}")

    def download(self, css, name):
        """Clicks a link that saves a file; returns what is in it."""
        self.click(css)
        deadline = time.monotonic() + PATIENCE_S
        while not (self.downloads / name).exists():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} is not saved")
            time.sleep(0.05)
        return (self.downloads / name).read_text()

    def complaints(self):
        """Errors in the browser's console: scripts that fail, policies that are broken."""
        entries = self._do("se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]

    def picture(self, path, width, most=6000):
        """The page in its whole height, or as much as `most`."""
        self.size(width, 900)
        self.size(width, min(self.run("return document.documentElement.scrollHeight") + 150, most))
        path.write_bytes(base64.b64decode(self._do("screenshot", method="GET")))

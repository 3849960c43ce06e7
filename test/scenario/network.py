"""What the stories of tcp and tls share: free ports, configurations of sockets, certificates made by openssl."""
import socket
import subprocess
import time

import harness


def free_port(family=socket.AF_INET):
    with socket.socket(family) as probe:
        probe.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        return probe.getsockname()[1]


def entry(kind, name, **keys):
    """One [[files]] entry; PEM texts go between ''' and '''."""
    lines = ["[[files]]", f'kind = "{kind}"', f'name = "{name}"']
    for key, value in keys.items():
        if isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, int):
            text = str(value)
        elif isinstance(value, list):
            text = "[" + ", ".join(f"'''{part}'''" for part in value) + "]"
        else:
            text = f"'''{value}'''"
        lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"


def listen(prot, port, **keys):
    keys.setdefault("addr", "127.0.0.1")
    return entry("listen", "ingest", prot=prot, port=port, **keys)


def start_server(program, configuration, *arguments):
    """Starts a guest that says `listening` and serves the entry `ingest`."""
    config = harness.write("server.toml", configuration)
    process = harness.start_run(program, *arguments, options=["--config", config])
    harness.wait_for_line(process, "listening")
    return process


def connected(port, host="127.0.0.1", timeout=10):
    """A client's socket; waits for the server where it is not there yet."""
    timeout *= harness.PATIENCE
    deadline = time.monotonic() + timeout
    while True:
        try:
            return socket.create_connection((host, port), timeout=timeout)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def receive(sock, length):
    data = b""
    while len(data) < length:
        part = sock.recv(length - len(data))
        if not part:
            break
        data += part
    return data


def echo(sock, data):
    sock.sendall(data)
    harness.true(receive(sock, len(data)) == data, "the echo differs")


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, cwd=harness.scratch(), check=False)
    if done.returncode != 0:
        raise harness.Failed(f"openssl {arguments[0]}: {done.stderr}")
    return done.stdout


class Authority:
    """A certificate authority of the story's own."""

    def __init__(self, name="Test CA"):
        self.name = name.replace(" ", "-")
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", f"/CN={name}", "-keyout", f"{self.name}.key", "-out", f"{self.name}.pem",
                 "-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self.path = harness.scratch(f"{self.name}.pem")
        self.text = self.path.read_text()

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", days=2, subject=None):
        """Returns the paths of a certificate and its key."""
        key, request, certificate = (f"{name}.{end}" for end in ("key", "csr", "pem"))
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject or f"/CN={name}",
                 "-keyout", key, "-out", request)
        harness.write(f"{name}.ext", f"subjectAltName={names}\nbasicConstraints=CA:false\n"
                                     "extendedKeyUsage=serverAuth,clientAuth\nkeyUsage=digitalSignature\n")
        _openssl("x509", "-req", "-in", request, "-CA", f"{self.name}.pem", "-CAkey", f"{self.name}.key", "-CAcreateserial",
                 "-days", str(days), "-extfile", f"{name}.ext", "-out", certificate)
        return harness.scratch(certificate), harness.scratch(key)

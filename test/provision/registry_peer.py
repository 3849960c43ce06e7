"""A registry of containers with the API for referrers (OCI distribution specification 1.1), which Debian's has not yet; in
memory, for stories of `enarx push` and `enarx pull`. oras and cosign take it for one."""
import hashlib
import http.server
import json
import re
import threading


class ReferrersRegistry:
    """`address`, and what it holds: by digest, in `blobs`, `manifests`, `tags`."""

    def __init__(self):
        self.blobs, self.manifests, self.tags, self.uploads, self.asked = {}, {}, {}, {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def handle_one(self):
                outer.asked.append(f"{self.command} {self.path}")
                outer.respond(self, self.body())

            def body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                content = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    content += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return content

            do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = handle_one

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def respond(self, at, body):
        path, _, query = at.path.partition("?")
        if path == "/v2/":
            return at.answer(200)
        for pattern, what in ((r"/v2/(.+)/blobs/uploads/(\w*)", self.upload), (r"/v2/(.+)/blobs/(sha256:\w+)", self.blob),
                              (r"/v2/(.+)/manifests/(.+)", self.manifest), (r"/v2/(.+)/referrers/(sha256:\w+)", self.referrers)):
            if match := re.fullmatch(pattern, path):
                return what(at, *match.groups(), body, query)
        return at.answer(404)

    def upload(self, at, repository, session, body, query):
        if at.command == "POST":
            session = f"s{len(self.uploads)}"
            self.uploads[session] = b""
        self.uploads[session] += body
        if at.command != "PUT":
            return at.answer(202, Location=f"/v2/{repository}/blobs/uploads/{session}", Range=f"0-{max(len(self.uploads[session]) - 1, 0)}")
        body = self.uploads[session]
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if query.replace("%3A", ":") != f"digest={digest}":
            return at.answer(400)
        self.blobs[digest] = body
        return at.answer(201, Location=f"/v2/{repository}/blobs/{digest}")

    def blob(self, at, _repository, digest, _body, _query):
        if digest not in self.blobs:
            return at.answer(404)
        return at.answer(200, self.blobs[digest], Docker_Content_Digest=digest, Content_Type="application/octet-stream")

    def manifest(self, at, _repository, name, body, _query):
        if at.command == "PUT":
            digest = "sha256:" + hashlib.sha256(body).hexdigest()
            self.manifests[digest] = body
            if not name.startswith("sha256:"):
                self.tags[name] = digest
            subject = json.loads(body).get("subject")
            return at.answer(201, Docker_Content_Digest=digest, **({"OCI_Subject": subject["digest"]} if subject else {}))
        digest = self.tags.get(name, name)
        if digest not in self.manifests:
            return at.answer(404)
        content = self.manifests[digest]
        return at.answer(200, content, Docker_Content_Digest=digest, Content_Type=json.loads(content)["mediaType"])

    def referrers(self, at, _repository, digest, _body, _query):
        found = []
        for name, content in self.manifests.items():
            manifest = json.loads(content)
            if manifest.get("subject", {}).get("digest") == digest:
                found.append({"mediaType": manifest["mediaType"], "digest": name, "size": len(content),
                              "artifactType": manifest.get("artifactType", ""), "annotations": manifest.get("annotations", {})})
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": found}
        return at.answer(200, json.dumps(index).encode(), Content_Type=index["mediaType"])

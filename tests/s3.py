"""A real S3 server on this machine, and a proxy in front of it that breaks connections."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

BUCKET = "lakes"
FAULTS = ("cut before", "cut after", "503", "truncated")
Fault = Callable[[str, str], str | None]
"""Method and path to what shall happen to the request; None: nothing special."""

_VERSION = "v1.8.0"


class Server(NamedTuple):
    """Where it listens, and the variables that lead boto3 there."""

    url: str
    environment: dict[str, str]


def installed() -> str | None:
    """Where `make test-s3` has put the server."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(os.environ.get("STORYBEAM_CACHE") or f"{cache}/storybeam")
    given = os.environ.get("STORYBEAM_S3_SERVER")
    path = Path(given) if given else folder / f"versitygw-{_VERSION}" / "versitygw"
    return str(path) if os.access(path, os.X_OK) else None


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Serve a new bucket; skip the test where there is no server."""
    boto3 = pytest.importorskip("boto3")
    program = installed()
    if program is None:
        pytest.skip("there is no S3 server here; `make test-s3` builds one")
    root, sidecar = folder / "root", folder / "sidecar"
    (root / BUCKET).mkdir(parents=True)
    sidecar.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {
        "AWS_ACCESS_KEY_ID": "storybeam",
        "AWS_SECRET_ACCESS_KEY": uuid.uuid4().hex,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    keys = ["--access", given["AWS_ACCESS_KEY_ID"], "--secret", given["AWS_SECRET_ACCESS_KEY"]]
    # The sidecar keeps ETags on file systems that have no extended attributes.
    store = ["posix", "--sidecar", str(sidecar), str(root)]
    command = [program, "--port", f"127.0.0.1:{port}", *keys, "--quiet", *store]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            client = boto3.client(
                "s3",
                endpoint_url=given["AWS_ENDPOINT_URL"],
                region_name="us-east-1",
                aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            )
            _wait_for(port, process)
            client.head_bucket(Bucket=BUCKET)
            yield Server(given["AWS_ENDPOINT_URL"], given)
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
    raise AssertionError(f"the S3 server has ended with {process.returncode}")


@contextlib.contextmanager
def faulty(server: Server, fault: Fault) -> Iterator[str]:
    """The address of a proxy that does to each request what ``fault`` says."""
    upstream = server.url.partition("://")[2]

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            what = fault(self.command, self.path)
            if what == "cut before":
                return
            if what == "503":
                self._answer(503, {}, b"")
                return
            status, headers, answer = self._forward(body)
            if what == "truncated" and answer:
                self._answer(status, headers, answer, cut=len(answer) // 2)
            elif what not in ("cut after", "truncated"):
                self._answer(status, headers, answer)

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = handle_any  # noqa: N815

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(upstream, timeout=30)
            # The Host that was signed goes on; the proxy has agreed to take the body itself.
            headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            kept = {
                k: v
                for k, v in answer.getheaders()
                if k.lower() not in ("connection", "transfer-encoding", "content-length")
            }
            if self.command == "HEAD":
                kept["Content-Length"] = answer.getheader("Content-Length") or "0"
            return answer.status, kept, content

        def _answer(
            self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None
        ) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[:cut])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()

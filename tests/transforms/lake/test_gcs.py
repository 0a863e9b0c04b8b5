"""Google's client against a small server that keeps the conditions of the real one."""

from __future__ import annotations

import json
import pickle
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.lakes import batches, rejection, sample, write
from transforms.errors import LakeError
from transforms.lake.gcs import GcsStorage
from transforms.lake.lock import writing
from transforms.lake.verify import verify

pytest.importorskip("google.cloud.storage")


class Store(BaseHTTPRequestHandler):
    """Objects with generations, by the JSON interface; the one bucket is called ``lakes``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    objects: dict[str, tuple[bytes, int]]
    generations: Iterator[int]
    lose_answers: list[str]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        given, name = parse_qs(url.query), self._name(url.path)
        if not url.path.startswith(("/storage/v1/b/lakes/o", "/download/storage/v1/b/lakes/o")):
            self._answer(404)
        elif not name:
            prefix = given.get("prefix", [""])[0]
            found = [self._about(key) for key in sorted(self.objects) if key.startswith(prefix)]
            self._answer(200, {"items": found})
        elif name not in self.objects:
            self._answer(404)
        elif given.get("alt") == ["media"]:
            self._answer(200, self.objects[name][0])
        else:
            self._answer(200, self._about(name))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = urlsplit(self.path)
        if not url.path.startswith("/upload/storage/v1/b/lakes/o"):
            self._answer(404)
            return
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        about, content = message_from_bytes(head + body).get_payload()
        name = json.loads(about.get_payload())["name"]
        data = content.get_payload(decode=True)
        wanted = int(parse_qs(url.query)["ifGenerationMatch"][0])
        if self.objects.get(name, (b"", 0))[1] != wanted:
            self._answer(412)
            return
        self.objects[name] = (data, next(self.generations))
        if self.lose_answers:
            self.lose_answers.pop()
            self.close_connection = True
        else:
            self._answer(200, self._about(name))

    def do_DELETE(self) -> None:
        known = self.objects.pop(self._name(urlsplit(self.path).path), None)
        self._answer(204 if known else 404)

    def _name(self, path: str) -> str:
        found = re.fullmatch(r".*/b/[^/]+/o/(.+)", path)
        return unquote(found[1]) if found else ""

    def _about(self, name: str) -> dict[str, Any]:
        data, generation = self.objects[name]
        about = {"name": name, "bucket": "lakes", "size": str(len(data))}
        return {**about, "generation": str(generation), "updated": "2031-05-06T07:08:09Z"}

    def _answer(self, status: int, content: dict[str, Any] | bytes | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content or {}).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if status != 204:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Store]]:
    class Empty(Store):
        objects, generations, lose_answers = {}, iter(range(1, 10_000)), []

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        yield Empty
        server.shutdown()
        thread.join()


@pytest.fixture
def storage(store: type[Store]) -> GcsStorage:
    return GcsStorage("gs://lakes/some where/lake")


def test_what_is_written_can_be_read(storage: GcsStorage) -> None:
    storage.write_once("x/y", b"\x00abc\r\n")
    for content in (b"\x00abc\r\n", b"another"):
        storage.write_once("x/y", content)
        assert pickle.loads(pickle.dumps(storage)).read("x/y") == content  # noqa: S301
    assert storage.size("x/y") == 7
    assert storage.modified("x/y") == datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp()
    assert storage.paths("x") == storage.paths("") == ["x/y"]
    storage.remove("x/y")
    storage.remove("x/y")
    assert storage.size("x/y") is None
    assert storage.paths("") == []


def test_a_name_is_created_once(storage: GcsStorage) -> None:
    assert storage.create("manifests/00000001.json", b"one")
    assert not storage.create("manifests/00000001.json", b"two")
    assert storage.read("manifests/00000001.json") == b"one"


def test_an_object_is_replaced_only_as_it_was_seen(storage: GcsStorage) -> None:
    first = storage.swap("x", b"1", None)
    second = storage.swap("x", b"2", first)
    assert storage.swap("x", b"3", first) is None
    found = storage.look("x")
    assert found is not None
    assert (found.data, found.tag) == (b"2", second)
    assert storage.swap("missing", b"1", second) is None


def test_a_commit_whose_answer_is_lost_is_known_for_ones_own(
    store: type[Store], storage: GcsStorage
) -> None:
    store.lose_answers.append("once")
    assert storage.create("manifests/00000001.json", b"one")
    assert store.lose_answers == []


def test_what_is_wrong_is_told_in_a_sentence(storage: GcsStorage) -> None:
    with pytest.raises(LakeError, match="x is missing"):
        storage.read("x")
    with pytest.raises(LakeError, match="could not be written: 404"):
        GcsStorage("gs://nowhere/lake").create("x", b"x")
    with pytest.raises(LakeError, match="could not be listed: 404"):
        GcsStorage("gs://nowhere/lake").paths("")


def test_a_lake_has_one_writer_and_whole_snapshots(storage: GcsStorage) -> None:
    with writing(storage, "one"):
        assert write(storage.root, sample()) == 1
        # The fake's clock stands still, so only that somebody else came first can be seen.
        assert not storage.create(".lock", b"mine")
    assert write(storage.root, batches("rejections", rejection("r7"))) == 2
    assert verify(storage.root) == []

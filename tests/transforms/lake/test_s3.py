"""A lake in a real S3 server: what is torn, lost, late or contested, no snapshot is halved."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import pickle
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from pipelines.lake import Lake
from schemas.holder import Holder
from tests.lakes import batches, changes, planned, rejection, sample, write
from tests.s3 import BUCKET, FAULTS, Server, faulty, serving
from transforms.errors import LakeError, LockedError, UsageError
from transforms.lake.commit import commit
from transforms.lake.lock import writing
from transforms.lake.manifests import newest
from transforms.lake.object_lock import ObjectLock
from transforms.lake.s3 import S3Storage
from transforms.lake.storage import LOCK
from transforms.lake.verify import verify

_NAMES = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def lake(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a lake that is not there yet."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/some where/lake-{next(_NAMES)}"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting between two tries makes no difference to what comes of them."""
    real = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: real(min(seconds, 0.001)))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, impatient: None) -> None:
    """The library tries nothing again, so every fault comes through."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def test_what_is_written_can_be_read(lake: str) -> None:
    storage = S3Storage(lake)
    assert storage.paths("") == []
    storage.write_once("articles/date=2017-03-01/x.parquet", b"abc")
    storage.write_once("articles/date=2017-03-01/x.parquet", b"abc")
    assert storage.read("articles/date=2017-03-01/x.parquet") == b"abc"
    assert storage.size("articles/date=2017-03-01/x.parquet") == 3
    assert abs((storage.modified("articles/date=2017-03-01/x.parquet") or 0) - time.time()) < 60
    assert storage.paths("articles") == ["articles/date=2017-03-01/x.parquet"]
    assert storage.paths("articles/") == storage.paths("")
    assert storage.paths("art") == []
    with storage.open("articles/date=2017-03-01/x.parquet") as file:
        file.seek(1)
        assert file.read() == b"bc"
    storage.remove("articles/date=2017-03-01/x.parquet")
    storage.remove("articles/date=2017-03-01/x.parquet")
    assert storage.size("articles/date=2017-03-01/x.parquet") is None
    assert storage.modified("articles/date=2017-03-01/x.parquet") is None


def test_a_name_is_created_once(lake: str) -> None:
    storage = S3Storage(lake)
    assert storage.create("manifests/00000001.json", b"one")
    assert not storage.create("manifests/00000001.json", b"two")
    assert storage.read("manifests/00000001.json") == b"one"


def test_a_damaged_object_is_written_anew(lake: str) -> None:
    storage = S3Storage(lake)
    for content in (b"whole", b"whale"):
        storage.write_once("x/y", content)
        assert storage.read("x/y") == content


def test_an_object_is_replaced_only_as_it_was_seen(lake: str) -> None:
    storage = S3Storage(lake)
    first = storage.swap("x", b"1", None)
    assert storage.swap("x", b"2", None) is None
    second = storage.swap("x", b"2", first)
    assert storage.swap("x", b"3", first) is None
    found = storage.look("x")
    assert found is not None
    assert (found.data, found.tag) == (b"2", second)
    assert -2 <= found.idle < 60
    assert storage.swap("missing", b"1", second) is None


def test_more_objects_than_one_page_are_listed(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = S3Storage(lake)
    for number in range(5):
        storage.write_once(f"x/{number}", b"x")
    from transforms.lake import s3

    client = s3._client()
    pages = client.get_paginator("list_objects_v2")
    monkeypatch.setattr(client, "get_paginator", lambda name: _Paged(pages))
    assert len(storage.paths("x")) == 5


class _Paged:
    def __init__(self, pages: object) -> None:
        self.pages = pages

    def paginate(self, **given: str) -> object:
        return self.pages.paginate(**given, PaginationConfig={"PageSize": 2})  # type: ignore[attr-defined]


def test_a_storage_can_be_sent_to_a_worker(lake: str) -> None:
    S3Storage(lake).write_once("x", b"abc")
    assert pickle.loads(pickle.dumps(S3Storage(lake))).read("x") == b"abc"  # noqa: S301


def test_what_is_wrong_is_told_in_a_sentence(
    lake: str, monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    with pytest.raises(LakeError, match="x is missing"):
        S3Storage(lake).read("x")
    with pytest.raises(
        LakeError, match=r"nowhere/lake/ could not be listed: .*bucket does not exist"
    ):
        S3Storage("s3://nowhere/lake").paths("")
    with pytest.raises(LakeError, match="could not be written"):
        S3Storage("s3://nowhere/lake").create("x", b"x")
    with pytest.raises(UsageError, match="names no bucket"):
        S3Storage("s3://")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(LakeError, match="could not be read"):
        S3Storage(lake).read("x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(LakeError, match="Could not connect"):
        S3Storage(lake).create("x", b"x")


def same(lake: str, other: str) -> bool:
    return Lake(lake).manifest.tables == Lake(other).manifest.tables


def problems(lake: str) -> list[str]:
    return [found.message for found in verify(lake) if found.severity == "problem"]


class Nth:
    """The fault for the ``n``-th request from now on; all others pass."""

    def __init__(self, what: str) -> None:
        self.what, self.left = what, 0

    def __call__(self, method: str, path: str) -> str | None:
        self.left -= 1
        return self.what if self.left == 0 else None


@pytest.mark.parametrize("what", FAULTS)
def test_whatever_request_fails_the_commit_is_whole_or_not_there(
    server: Server, lake: str, what: str, monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    first, given = batches("rejections", rejection("r1")), batches("rejections", rejection("r2"))
    write(f"{lake}-whole", first)
    write(f"{lake}-whole", given)
    fault, told = Nth(what), list[str]()
    with faulty(server, fault) as address:
        for n in itertools.count(1):
            name = f"{lake}-{n}"
            write(name, first)
            fault.left = n
            with monkeypatch.context() as patched:
                patched.setenv("AWS_ENDPOINT_URL", address)
                try:
                    done = write(name, given) == 2
                except LakeError as error:
                    done = False
                    told.append(str(error))
            if fault.left > 0:
                break
            assert problems(name) == []
            assert (Lake(name).snapshot == 2) >= done
            # The answer of a commit can get lost, but not the commit: trying again finds it.
            write(name, given)
            assert Lake(name).snapshots() == [1, 2]
            assert same(name, f"{lake}-whole")
    assert n > 10
    assert told
    assert all("could not be" in message for message in told)


def test_a_commit_whose_answer_is_lost_is_known_for_ones_own(
    server: Server, lake: str, monkeypatch: pytest.MonkeyPatch, at_once: None
) -> None:
    def lost(method: str, path: str) -> str | None:
        return "cut after" if method == "PUT" and "manifests" in path else None

    with faulty(server, lost) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        assert write(lake, sample()) == 1


def test_a_library_that_asks_again_meets_its_own_commit(
    server: Server, lake: str, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    with faulty(server, _once("PUT", "manifests", "cut after")) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        assert write(lake, sample()) == 1


def _once(wanted: str, where: str, what: str) -> Callable[[str, str], str | None]:
    left = [what]

    def fault(method: str, path: str) -> str | None:
        return left.pop() if left and method == wanted and where in path else None

    return fault


class Reader(threading.Thread):
    """Reads the newest snapshot over and over, every byte of it."""

    def __init__(self, lake: str) -> None:
        super().__init__(daemon=True)
        self.storage, self.ended = S3Storage(lake), False
        self.wrong, self.seen = list[str](), set[int]()

    def run(self) -> None:
        while not self.ended:
            try:
                self.look()
            except LakeError as error:
                # A request that fails is no wrong answer; a file that is missing is one.
                if "could not be" not in str(error):
                    self.wrong.append(str(error))

    def look(self) -> None:
        manifest = newest(self.storage)
        for entry in manifest.files if manifest else ():
            if hashlib.sha256(self.storage.read(entry.path)).hexdigest() != entry.sha256:
                self.wrong.append(entry.path)
        self.seen.add(manifest.snapshot if manifest else 0)

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = True
        self.join()


def test_a_store_that_fails_every_fourth_request_loses_and_halves_nothing(
    server: Server, lake: str, monkeypatch: pytest.MonkeyPatch, impatient: None
) -> None:
    write(lake, batches("rejections", rejection("r0")))
    chance, turn = random.Random(4), threading.Lock()

    def fault(method: str, path: str) -> str | None:
        with turn:
            return chance.choice(FAULTS) if chance.random() < 0.25 else None

    with Reader(lake) as reader, faulty(server, fault) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        for number in range(1, 13):
            while rows_of(server, lake, monkeypatch) <= number:
                with contextlib.suppress(LakeError):
                    write(lake, batches("rejections", rejection(f"r{number}")))
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    assert reader.wrong == []
    assert len(reader.seen) > 1
    assert problems(lake) == []
    assert Lake(lake).snapshots() == list(range(1, 14))


def rows_of(server: Server, lake: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows by the straight way."""
    with monkeypatch.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", server.url)
        return Lake(lake).table("rejections").num_rows


def test_of_two_commits_of_one_number_exactly_one_wins(lake: str) -> None:
    storage = S3Storage(lake)
    write(lake, batches("rejections", rejection("r0")))
    for number in range(1, 9):
        plan, outcomes = planned(lake), list[object]()
        barrier = threading.Barrier(2)

        def race(name: str, plan=plan, barrier=barrier, outcomes=outcomes) -> None:  # type: ignore[no-untyped-def]
            made = changes(storage, plan, batches("rejections", rejection(name)))
            barrier.wait()
            try:
                outcomes.append(commit(storage, plan, made))
            except LakeError as error:
                outcomes.append(str(error))

        racers = [threading.Thread(target=race, args=(f"{who}{number}",)) for who in "ab"]
        with Reader(lake) as reader:
            for racer in racers:
                racer.start()
            for racer in racers:
                racer.join()
        assert reader.wrong == []
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["int", "str"]
        assert any("Another run has committed" in str(outcome) for outcome in outcomes)
        assert Lake(lake).table("rejections").num_rows == number + 1
    assert problems(lake) == []


def test_the_second_writer_is_told_who_the_first_is(lake: str) -> None:
    storage = S3Storage(lake)
    with writing(storage, "storybeam run"):
        with pytest.raises(LockedError, match=r"storybeam run.* since 20"), writing(storage, "two"):
            pass
        assert write(lake, sample()) == 1
        assert verify(lake) == []
    with writing(storage, "three") as hold:
        assert hold.unfinished is None


def test_one_that_died_is_replaced_and_of_many_who_want_that_one_does(lake: str) -> None:
    storage = S3Storage(lake)
    dead = Holder(what="x", who="dead", pid=1, host="h", since=datetime.now(UTC), key="dead")
    assert storage.create(LOCK, dead.to_bytes())
    barrier, outcomes = threading.Barrier(4), list[str]()

    def challenge(who: str) -> None:
        me = dead.model_copy(update={"who": who, "key": who})
        # A lease of no time at all: everybody has watched for long enough, at the same moment.
        lock = ObjectLock(storage, me, lease=1e-9, sleep=lambda seconds: None)
        lock._heart = threading.Thread(target=lambda: None)
        barrier.wait()
        try:
            lock.acquire()
            outcomes.append(who)
        except LockedError:
            outcomes.append("")

    threads = [threading.Thread(target=challenge, args=(who,)) for who in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[:3] == ["", "", ""]
    assert max(outcomes) in "abcd"

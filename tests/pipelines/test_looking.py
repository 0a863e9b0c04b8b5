"""Which files a watch takes to be whole, new or old, look by look."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.looking import Look, Looker, without
from schemas.records import Rejection
from transforms.sources.base import InputFile, refuse
from transforms.sources.files import FoundFiles

STABLE, GROWING = 5.0, 60.0


@dataclass
class Folder:
    """Files that exist in memory only, and a looker on them."""

    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    refused: tuple[Rejection, ...] = ()
    consumed: set[tuple[str, str]] = field(default_factory=set)
    hashed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.looker = Looker(STABLE, GROWING, self._sha256)

    def put(self, path: str, size: int = 1, modified: int = 1, sha256: str = "") -> None:
        self.files[path] = (size, modified, sha256 or f"sum of {path} {size} {modified}")

    def _sha256(self, file: InputFile) -> str:
        self.hashed.append(file.path)
        return self.files[file.path][2].replace("unreadable", "")

    def look(self, now: float) -> Look:
        found = [
            InputFile(path, size, modified, "jsonl" if "jsonl" in path else "parquet")
            for path, (size, modified, _) in sorted(self.files.items())
        ]
        return self.looker.look(FoundFiles(tuple(found), self.refused, ()), now, self.consumed)

    def ready(self, now: float) -> list[str]:
        return [file.path for file in self.look(now).ready.files]


def test_a_file_counts_when_two_looks_found_it_the_same() -> None:
    folder = Folder()
    folder.put("a.jsonl")
    assert folder.ready(0) == []
    assert folder.look(4).unsettled == 1
    assert folder.ready(5) == ["a.jsonl"]


def test_a_file_that_was_moved_in_is_treated_alike_however_old_it_is() -> None:
    folder = Folder()
    folder.put("old.parquet", modified=-10_000)
    assert folder.ready(0) == []
    assert folder.ready(5) == ["old.parquet"]


def test_a_file_that_is_still_written_waits_by_itself() -> None:
    folder = Folder()
    folder.put("whole.parquet")
    folder.put("growing.parquet", 1)
    folder.look(0)
    folder.put("growing.parquet", 2)
    assert folder.ready(5) == ["whole.parquet"]
    assert folder.look(9).unsettled == 1
    assert folder.ready(10) == ["whole.parquet", "growing.parquet"][::-1]


def test_what_was_had_is_neither_read_nor_hashed_again() -> None:
    folder = Folder()
    for number in range(1_000):
        folder.put(f"{number}.jsonl")
    folder.look(0)
    folder.looker.had(folder.look(5))
    assert len(folder.hashed) == 1_000
    assert folder.ready(10) == []
    assert len(folder.hashed) == 1_000


def test_what_a_failed_run_did_not_get_is_ready_again_and_not_hashed_twice() -> None:
    folder = Folder()
    folder.put("a.jsonl")
    folder.look(0)
    assert folder.ready(5) == folder.ready(10) == ["a.jsonl"]
    assert folder.hashed == ["a.jsonl"]


def test_a_changed_file_is_new() -> None:
    folder = Folder()
    folder.put("a.jsonl")
    folder.look(0)
    folder.looker.had(folder.look(5))
    folder.put("a.jsonl", 2)
    assert folder.ready(1_000) == []
    assert folder.ready(1_005) == ["a.jsonl"]


def test_a_file_that_was_only_touched_is_hashed_and_not_read() -> None:
    folder = Folder()
    folder.put("a.jsonl", sha256="same")
    folder.look(0)
    folder.looker.had(folder.look(5))
    folder.consumed.add(("a.jsonl", "same"))
    folder.put("a.jsonl", modified=2, sha256="same")
    folder.look(10)
    assert folder.ready(15) == []
    assert folder.hashed == ["a.jsonl", "a.jsonl"]
    assert folder.look(20).unsettled == 0


def test_after_a_restart_the_lake_says_what_is_old() -> None:
    folder = Folder(consumed={("a.jsonl", "first")})
    folder.put("a.jsonl", sha256="first")
    folder.put("b.jsonl", sha256="second")
    folder.look(0)
    assert folder.ready(5) == ["b.jsonl"]
    assert folder.ready(10) == ["b.jsonl"]
    assert folder.hashed == ["a.jsonl", "b.jsonl"]


def test_lines_that_never_stop_are_read_once_in_a_while() -> None:
    folder = Folder()
    read = []
    for now in range(0, 200, 2):
        folder.put("log.jsonl", now)
        folder.put("packed.jsonl.gz", now)
        folder.put("table.parquet", now)
        look = folder.look(now)
        read += [(now, file.path) for file in look.ready.files]
        folder.looker.had(look)
    assert read == [(60, "log.jsonl"), (122, "log.jsonl"), (184, "log.jsonl")]


def test_a_file_that_rests_for_days_and_then_grows_is_not_read_before_it_rests_again() -> None:
    folder = Folder()
    folder.put("log.jsonl", 1)
    folder.look(0)
    folder.looker.had(folder.look(5))
    folder.look(90_000)
    folder.put("log.jsonl", 2)
    assert folder.ready(90_010) == []
    folder.put("log.jsonl", 3)
    assert folder.ready(90_020) == []
    assert folder.ready(90_025) == ["log.jsonl"]


def test_a_file_that_cannot_be_read_is_told_once_and_read_when_it_can() -> None:
    folder = Folder()
    folder.put("a.jsonl", sha256="unreadable")
    folder.look(0)
    look = folder.look(5)
    assert dict(look.sums) == {"a.jsonl": ""}
    folder.looker.had(look)
    assert folder.ready(10) == []
    folder.put("a.jsonl", sha256="fine")
    assert folder.ready(15) == ["a.jsonl"]


def test_a_file_that_comes_back_is_looked_at_anew() -> None:
    folder = Folder()
    folder.put("a.jsonl")
    folder.look(0)
    folder.looker.had(folder.look(5))
    del folder.files["a.jsonl"]
    folder.look(10)
    folder.put("a.jsonl")
    assert folder.ready(15) == []
    assert folder.ready(20) == ["a.jsonl"]


def test_another_writer_makes_it_ask_the_lake_again() -> None:
    folder = Folder()
    folder.put("a.jsonl", sha256="one")
    folder.look(0)
    folder.looker.had(folder.look(5))
    folder.looker.forget()
    assert folder.ready(10) == ["a.jsonl"]
    folder.consumed.add(("a.jsonl", "one"))
    assert folder.ready(15) == []
    assert folder.hashed == ["a.jsonl"]


def test_a_file_of_unknown_format_is_told_once() -> None:
    file = InputFile("notes.doc", 1, 1, "")
    folder = Folder(refused=(refuse(file, "unknown_format", "No."),))
    assert not folder.look(0).news
    look = folder.look(5)
    assert look.ready.rejections == folder.refused
    folder.looker.had(look)
    folder.refused = (refuse(file._replace(modified_at=2), "unknown_format", "No."),)
    folder.look(10)
    assert not folder.look(15).news


def test_what_the_watch_writes_itself_is_not_looked_at() -> None:
    paths = ("/in/a.jsonl", "/in/lake/x.parquet", "/in/lake2/y.parquet", "/in/health.jsonl")
    files = tuple(InputFile(path, 1, 1, "jsonl") for path in paths)
    refused = (refuse(InputFile("/in/lake/LOCK", 1, 1, ""), "unknown_format", "No."),)
    found = without(FoundFiles(files, refused, ()), ["/in/lake", "/in/health.jsonl"])
    assert [file.path for file in found.files] == ["/in/a.jsonl", "/in/lake2/y.parquet"]
    assert found.rejections == ()

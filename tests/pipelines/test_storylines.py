"""The whole graph: the same articles give the same lake, however they are read."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.lake import Lake
from schemas.settings import Settings
from schemas.tables import TABLES
from tests.news import HashedEmbedder, report, sentence
from tests.running import hashes, info, run
from transforms import embed
from transforms.lake.verify import verify

TOPICS = ("tea", "teb", "xua", "xub", "gaa", "gab", "koa")
FILES = 3
NEWS = datetime(2025, 3, 1, tzinfo=UTC).timestamp()
WINDOW = Settings().events.window_minutes * 60
Record = dict[str, object]


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "embedder", lambda settings: HashedEmbedder())


def _time(number: int) -> str:
    return datetime.fromtimestamp(NEWS + number * 40 * WINDOW, UTC).isoformat()


def _record(number: int) -> Record:
    topic = TOPICS[number % len(TOPICS)]
    return {
        "id": f"n{number}",
        "source": f"Outlet {number % 4}",
        "title": sentence(topic, number)[:45],
        "text": "\n\n".join(report(topic, number, 1 + number % 4)),
        "published": _time(number),
        "fetched": _time(number),
    }


def _records() -> list[Record]:
    """A month of news with a copy, an update, a digest, two undated ones, and broken records."""
    found = [_record(number) for number in range(60)]
    found.append({**_record(10), "id": "copy", "source": "Wire", "published": _time(12)})
    changed = "\n\n".join((*report(TOPICS[5], 5, 2), sentence(TOPICS[5], 9_000)))
    found.append({**_record(5), "text": changed, "updated": _time(15), "fetched": _time(15)})
    digest = "\n\n".join((*report("tea", 50), *report("xua", 51), *report("koa", 52)))
    found.append({**_record(40), "id": "digest", "title": "The week", "text": digest})
    for number in (20, 45):
        found.append(
            {
                **_record(number),
                "id": f"undated{number}",
                "text": "\n\n".join(report(TOPICS[number % 7], 60 + number)),
                "published": None,
            }
        )
    found += [{"id": "empty", "title": "", "text": ""}, {"id": "short", "text": "Two words"}]
    return found


def _write(folder: Path, records: Sequence[Record]) -> Path:
    """Deal the records out to files."""
    folder.mkdir()
    for file in range(FILES):
        lines = [json.dumps(record) for record in records[file::FILES]]
        (folder / f"news-{file}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def _read(tmp_path: Path, name: str, records: Sequence[Record], repeat: int = 0) -> Lake:
    folder = _write(tmp_path / name, records)
    return run(tmp_path / f"{name}-lake", [folder], model=info(HashedEmbedder()), repeat=repeat)


WHERE = ("origin", "place")
"""Columns that say in which file and line a record was: they follow the order of the lines."""


def _contents(lake: Lake, without: Sequence[str] = ()) -> dict[str, object]:
    """All rows of all tables, but for where they were read."""
    found: dict[str, object] = {}
    for name in sorted(set(TABLES) - set(without) - {"rejections"}):
        table = lake.table(name)
        held = table.drop_columns([c for c in WHERE if c in table.schema.names])
        found[name] = sorted(map(repr, held.to_pylist()))
    return found


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embed, "embedder", lambda settings: HashedEmbedder())
        yield _read(tmp_path_factory.mktemp("once"), "once", _records())


def test_the_lake_is_sound_and_has_what_was_read(once: Lake) -> None:
    assert verify(once.path) == []
    counts = once.manifest.counts
    assert (counts.articles, counts.duplicates) == (64, 1)
    assert counts.rejected == {"no_text": 1, "too_short": 1}
    versions = {r["source_id"]: r["version"] for r in once.table("articles").to_pylist()}
    assert [name for name, version in versions.items() if version > 1] == ["n5"]


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_the_input_does_not_matter(tmp_path: Path, once: Lake, seed: int) -> None:
    records = _records()
    random.Random(seed).shuffle(records)
    assert _contents(_read(tmp_path, "again", records)) == _contents(once)


def test_bundles_that_are_played_twice_give_the_same_tables(tmp_path: Path, once: Lake) -> None:
    again = _read(tmp_path, "again", _records(), repeat=1)
    assert _contents(again) == _contents(once)
    assert again.manifest.counts == once.manifest.counts


def test_the_same_files_give_the_same_hashes(tmp_path: Path) -> None:
    folder = _write(tmp_path / "news", _records()[:20])
    model = info(HashedEmbedder())
    one = run(tmp_path / "one", [folder], model=model)
    other = run(tmp_path / "other", [folder], model=model, repeat=1)
    assert hashes(one) == hashes(other)


@pytest.mark.parametrize("cut", [25, 50])
def test_two_runs_one_after_the_other_are_as_good_as_one(
    tmp_path: Path, once: Lake, cut: int
) -> None:
    model = info(HashedEmbedder())
    halves = {"first": [], "second": []}  # type: dict[str, list[Record]]
    for record in _records():
        time = max(str(record.get(name) or "") for name in ("published", "updated", "fetched"))
        halves["first" if time < _time(cut) else "second"].append(record)
    for name, records in halves.items():
        lake = run(tmp_path / "lake", [_write(tmp_path / name, records)], model=model)
        assert verify(lake.path) == []
    assert lake.snapshot == 2
    assert _contents(lake) == _contents(once)


def test_reading_a_file_that_has_grown_changes_only_what_is_new(tmp_path: Path) -> None:
    model = info(HashedEmbedder())
    records = _records()[:60]
    old = run(tmp_path / "lake", [_write(tmp_path / "old", records[:59])], model=model)
    before = {
        name: set(map(repr, old.table(name).to_pylist())) for name in ("articles", "passages")
    }
    new = run(tmp_path / "lake", [_write(tmp_path / "new", records)], model=model)
    for name, held in before.items():
        added = set(map(repr, new.table(name).to_pylist())) - held
        assert len(added) == 1, name
    assert verify(new.path) == []

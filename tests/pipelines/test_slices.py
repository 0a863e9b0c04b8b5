"""A long period in slices, and windows that wait for the next run: the tables are the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import slices as module
from pipelines.lake import Lake
from pipelines.slices import slices
from schemas.records import Article
from schemas.settings import Settings
from schemas.tables import TABLES
from tests.histories import cases
from tests.news import HashedEmbedder, report, sentence
from tests.running import NOW, hashes, launch
from transforms import embed
from transforms.cluster import Horizon
from transforms.known import Known
from transforms.lake.verify import verify
from transforms.parse import parse
from transforms.sources.files import find_files
from transforms.sources.read import read_file

START = datetime(2025, 3, 1, tzinfo=UTC).timestamp()
WINDOW = Settings().events.window_minutes * 60
TOPICS = ("tea", "teb", "xua", "xub", "gaa")
Record = dict[str, object]


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "embedder", lambda settings: HashedEmbedder())


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(START + seconds, UTC).isoformat()


def _record(number: int, **values: object) -> Record:
    topic = TOPICS[number % len(TOPICS)]
    return {
        "id": f"n{number}",
        "source": f"Outlet {number % 3}",
        "title": sentence(topic, number)[:40],
        "text": "\n\n".join(report(topic, number, 1 + number % 3)),
        "published": _iso(number * 400),
        "fetched": _iso(number * 400),
        **values,
    }


RECORDS = [
    *(_record(number) for number in range(40)),
    _record(7, text="\n\n".join(report("teb", 7, 4)), updated=_iso(12_000)),
    _record(11, id="copy", source="Wire", published=_iso(9_000)),
    _record(20, id="undated", published=None, text="\n\n".join(report("gaa", 90))),
    {"id": "empty", "title": "", "text": ""},
]
"""Forty articles, several a window, with an update, a copy, one without a date and a bad one."""


def _file(path: Path, records: Sequence[Record]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def _moment(record: Record) -> float:
    stamp = record.get("updated") or record.get("published") or record.get("fetched")
    return 0.0 if stamp is None else datetime.fromisoformat(str(stamp)).timestamp() - START


def _dealt(folder: Path, files: int) -> list[Path]:
    """The records in order of time, in files that cut windows in two."""
    ordered = sorted(RECORDS, key=_moment)
    size = -(-len(ordered) // files)
    cuts = (ordered[start : start + size] for start in range(0, len(ordered), size))
    return [_file(folder / f"{n:02}.jsonl", some) for n, some in enumerate(cuts)]


def _articles(path: Path) -> list[Article]:
    [file] = find_files([str(path)]).files
    settings = Settings().input
    found = (parse(record, settings, NOW) for record in read_file(file, settings))  # type: ignore[arg-type]
    return [article for article in found if isinstance(article, Article)]


def test_slices_are_cut_between_windows_and_have_every_article_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BYTES", 2_000)
    path = _file(tmp_path / "news.jsonl", RECORDS)
    files = find_files([str(path)]).files
    parts = slices(files, Settings(), partial(Known, "", None), NOW, Horizon(disorder=7))
    assert len(parts) > 3
    for article in _articles(path):
        assert [part.has(article) for part in parts].count(True) == 1
    ends = [part.end for part in parts]
    assert ends[-1] is None
    assert [part.start for part in parts] == [None, *ends[:-1]]
    assert all(end % (WINDOW * 1_000_000) == 0 for end in ends[:-1] if end is not None)
    assert [part.horizon for part in parts[:-1]] == [Horizon(until=end) for end in ends[:-1]]
    assert parts[-1].horizon == Horizon(disorder=7)


def test_a_slice_reads_the_files_that_have_something_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BYTES", 2_000)
    paths = _dealt(tmp_path / "in", 6)
    (tmp_path / "in" / "broken.jsonl").write_text("{\n")
    files = find_files([str(tmp_path / "in")]).files
    parts = slices(files, Settings(), partial(Known, "", None), NOW, Horizon())
    for path in paths:
        for article in _articles(path):
            [part] = [part for part in parts if part.has(article)]
            assert str(path) in [file.path for file in part.files or ()]
    assert min(len(part.files or ()) for part in parts) < 4
    broken = str(tmp_path / "in" / "broken.jsonl")
    assert [broken in [f.path for f in part.files or ()] for part in parts[:2]] == [True, False]


def test_small_input_is_one_slice_and_is_not_read_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "read_file", lambda *_: pytest.fail("it was read"))
    files = find_files([str(_file(tmp_path / "news.jsonl", RECORDS))]).files
    [part] = slices(files, Settings(), partial(Known, "", None), NOW, Horizon())
    assert (part.start, part.end, part.files) == (None, None, files)


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, str]:
    launch(tmp_path / "whole", _dealt(tmp_path / "in", 5))
    return hashes(Lake(str(tmp_path / "whole")))


def test_a_run_in_slices_gives_the_tables_of_one_without(
    tmp_path: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BYTES", 3_000)
    outcome = launch(tmp_path / "lake", [tmp_path / "in"])
    lake = Lake(outcome.lake)
    assert lake.snapshot > 3
    assert hashes(lake) == whole
    assert verify(lake.path) == []
    read = [len(Lake(lake.path, number).manifest.inputs) for number in lake.snapshots()]
    assert read == [0] * (lake.snapshot - 1) + [5]
    assert (outcome.placed, outcome.waiting) == (43, 0)


def test_a_run_that_died_between_two_slices_is_taken_up_where_it_was(
    tmp_path: Path, whole: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import run as running

    monkeypatch.setattr(module, "BYTES", 3_000)
    started = running.start
    calls: list[object] = []

    def dies(*args: object) -> object:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return started(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "start", dies)
    with pytest.raises(KeyboardInterrupt):
        launch(tmp_path / "lake", [tmp_path / "in"])
    assert Lake(str(tmp_path / "lake")).snapshot == 2
    outcome = launch(tmp_path / "lake", [tmp_path / "in"])
    assert hashes(Lake(outcome.lake)) == whole
    assert outcome.placed < 43


def test_runs_that_let_open_windows_wait_come_to_the_tables_of_one(
    tmp_path: Path, whole: dict[str, str]
) -> None:
    lake = tmp_path / "lake"
    waited = []
    for path in sorted((tmp_path / "in").glob("*.jsonl")):
        outcome = launch(lake, [path], drain=False)
        waited.append(outcome.waiting)
        assert verify(str(lake)) == []
    assert min(waited) > 0
    assert launch(lake, [tmp_path / "in"], drain=False).changed is False
    drained = launch(lake, [tmp_path / "in"])
    assert (drained.waiting, drained.placed) == (0, waited[-1])
    assert hashes(Lake(str(lake))) == whole
    assert launch(lake, [tmp_path / "in"]).changed is False


def test_disorder_between_files_within_the_bound_changes_nothing(tmp_path: Path) -> None:
    settings = Settings()
    bound = settings.events.disorder_minutes * 60
    ordered = sorted(RECORDS[:40], key=_moment)
    delay = {str(record["id"]): n * 7_919 % bound for n, record in enumerate(ordered)}
    mixed = sorted(ordered, key=lambda record: _moment(record) + delay[str(record["id"])])
    for name, records in (("ordered", ordered), ("mixed", mixed)):
        for n, start in enumerate(range(0, 40, 8)):
            path = _file(tmp_path / name / f"{n}.jsonl", records[start : start + 8])
            launch(tmp_path / f"{name}-lake", [path], settings, drain=False)
        launch(tmp_path / f"{name}-lake", [tmp_path / name], settings)
    one, other = (Lake(str(tmp_path / f"{name}-lake")) for name in ("ordered", "mixed"))
    assert one.table("articles", ["late"])["late"].to_pylist() == [False] * 40
    without = ("articles", "rejections")
    kept = [{k: v for k, v in hashes(lake).items() if k not in without} for lake in (one, other)]
    assert kept[0] == kept[1]


def test_articles_without_a_date_do_not_close_the_windows_of_what_is_still_to_come(
    tmp_path: Path,
) -> None:
    fetched_years_later = [_record(n, published=None, fetched=_iso(1e8)) for n in (50, 51)]
    lake = tmp_path / "lake"
    launch(lake, [_file(tmp_path / "1.jsonl", [*RECORDS[:8], *fetched_years_later])])
    launch(lake, [_file(tmp_path / "2.jsonl", [_record(n) for n in range(1_000, 1_008)])])
    late = Lake(str(lake)).table("articles", ["source_id", "late"]).to_pylist()
    assert len(late) == 18
    assert not any(row["late"] for row in late)
    assert launch(lake, [_file(tmp_path / "3.jsonl", [_record(30)])]).placed == 0
    [refused] = Lake(str(lake)).table("rejections").to_pylist()
    assert (refused["step"], refused["reason"]) == ("cluster", "too_late")
    assert refused["place"] == "line 1"
    assert verify(str(lake)) == []


# Any cut of any order


class Cut(NamedTuple):
    """How the records reach the lake."""

    delays: tuple[int, ...]
    """Seconds by which each comes behind its time, at most the disorder."""
    borders: tuple[int, ...]
    """Where the records, in the order in which they come, are cut into runs."""
    bytes: int
    """Of a slice."""
    repeat: int
    """How often bundles are played again."""


SEVERAL = [record for record in RECORDS[:43] if record.get("published")]
BOUND = Settings().events.disorder_minutes * 60


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    size = len(SEVERAL)
    delays = st.lists(st.integers(0, BOUND), min_size=size, max_size=size)
    return Cut(
        tuple(draw(delays)),
        tuple(sorted(draw(st.sets(st.integers(1, size - 1), max_size=3)))),
        draw(st.sampled_from((4_000, 20_000, module.BYTES))),
        draw(st.sampled_from((0, 0, 1))),
    )


def _contents(lake: Path) -> dict[str, list[str]]:
    """All rows of all tables, but for where they were read: lines follow the order of arrival."""
    found = {}
    for name in TABLES:
        table = Lake(str(lake)).table(name)
        held = table.drop_columns([c for c in ("origin", "place") if c in table.schema.names])
        found[name] = sorted(map(repr, held.to_pylist()))
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(embed, "embedder", lambda settings: HashedEmbedder())
        launch(folder / "lake", [_file(folder / "in" / "news.jsonl", SEVERAL)])
    return _contents(folder / "lake")


@given(cuts())
@settings(
    max_examples=cases(3, 50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_order_within_the_disorder_and_any_runs_slices_and_retries_give_the_same_tables(
    undisturbed: dict[str, list[str]], cut: Cut
) -> None:
    arrival = sorted(zip(SEVERAL, cut.delays, strict=True), key=lambda p: _moment(p[0]) + p[1])
    coming = [record for record, _ in arrival]
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "BYTES", cut.bytes)
        folder, lake = Path(name) / "in", Path(name) / "lake"
        for n, (start, end) in enumerate(pairwise([0, *cut.borders, len(coming)])):
            path = _file(folder / f"{n}.jsonl", coming[start:end])
            launch(lake, [path], drain=False, repeat=cut.repeat)
        launch(lake, [folder], repeat=cut.repeat)
        assert verify(str(lake)) == []
        assert _contents(lake) == undisturbed


def test_no_slice_decides_windows_that_are_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BYTES", 2_000)
    path = _file(tmp_path / "news.jsonl", RECORDS)
    files = find_files([str(path)]).files
    disorder = Settings().events.disorder
    latest = max(article.time for article in _articles(path) if article.published_at is not None)
    parts = slices(files, Settings(), partial(Known, "", None), NOW, Horizon(disorder=disorder))
    assert len(parts) > 2
    assert all(part.end is None or part.end <= latest - disorder for part in parts)

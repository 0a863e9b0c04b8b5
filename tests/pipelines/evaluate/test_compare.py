"""Differences between two evaluations: told from noise story by story."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.evaluate.compare import compare, main, table
from pipelines.evaluate.metrics import b3, clustering
from transforms.errors import UsageError

GOLD = [f"s{n // 3}" for n in range(120)]
WHOLE = GOLD
BROKEN = [name if n % 3 else f"alone {n}" for n, name in enumerate(GOLD)]
"""Every story has lost its first article."""
ONE_BROKEN = ["alone", *GOLD[1:]]


def result(*found: list[str], gold: list[str] = GOLD) -> dict[str, Any]:
    figures = [clustering(gold, one) for one in found]
    return {
        "corpora": [
            {"corpus": f"corpus{n}", "events": one, "storylines": one}
            for n, one in enumerate(figures)
        ]
    }


def verdicts(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.corpus, one.level, one.verdict) for one in compare(before, after)]


def test_what_helps_every_story_is_better_and_the_other_way_round_worse() -> None:
    [corpus, mean, *_] = compare(result(BROKEN), result(WHOLE))
    assert (corpus.before, corpus.after) == (b3(GOLD, BROKEN).f1, 1.0)
    assert corpus.verdict == mean.verdict == "better"
    assert corpus.low == pytest.approx(corpus.high)  # every story gained the same
    assert compare(result(WHOLE), result(BROKEN))[0].verdict == "worse"


def test_what_helps_one_story_of_many_is_a_tie() -> None:
    [corpus, *_] = compare(result(ONE_BROKEN), result(WHOLE))
    assert corpus.verdict == "tie"
    assert corpus.low == 0.0
    assert corpus.after > corpus.before


def test_nothing_gained_is_a_tie() -> None:
    assert {verdict for _, _, verdict in verdicts(result(BROKEN), result(BROKEN))} == {"tie"}


def test_the_mean_is_over_corpora_at_each_level() -> None:
    found = compare(result(BROKEN, WHOLE), result(WHOLE, WHOLE))
    assert [(one.corpus, one.level) for one in found] == [
        (corpus, level)
        for level in ("event", "storyline")
        for corpus in ("corpus0", "corpus1", "mean")
    ]
    assert found[2].before == pytest.approx((found[0].before + found[1].before) / 2)
    assert found[2].high == pytest.approx(found[0].high / 2)


def test_only_common_corpora_are_compared() -> None:
    assert len(compare(result(WHOLE, WHOLE), result(WHOLE))) == 4
    with pytest.raises(UsageError, match="no labelled corpus in common"):
        compare(result(), result(WHOLE))


def test_other_articles_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="corpus0: the two do not score the same articles"):
        compare(result(WHOLE), result(WHOLE[1:], gold=GOLD[1:]))


def test_every_difference_is_a_row() -> None:
    shown = table(compare(result(BROKEN), result(WHOLE)))
    assert [row[0] for row in shown.rows] == ["corpus0", "mean"] * 2
    assert {len(row) for row in shown.rows} == {len(shown.head)}


def test_two_files_are_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, found in (("before", BROKEN), ("after", WHOLE)):
        (tmp_path / f"{name}.json").write_text(json.dumps(result(found)))
    main([str(tmp_path / "before.json"), str(tmp_path / "after.json")])
    assert "better" in capsys.readouterr().out
    with pytest.raises(UsageError, match="two files"):
        main([])

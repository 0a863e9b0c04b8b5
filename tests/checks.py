"""Checks that every transform has to pass, whatever it does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable
from typing import Any

import apache_beam as beam


def check_dofn(make: Callable[[], beam.DoFn], elements: Iterable[Any]) -> None:
    """A DoFn without state can be sent to a worker, leaves its input alone, repeats itself."""
    given = list(elements)
    before = copy.deepcopy(given)
    first = _outputs(make(), given)
    assert given == before, "an input was changed"
    assert _outputs(pickle.loads(pickle.dumps(make())), given) == first  # noqa: S301
    assert sorted(_outputs(make(), given[::-1])) == sorted(first), "the order mattered"


def _outputs(dofn: beam.DoFn, elements: Iterable[Any]) -> list[str]:
    dofn.setup()
    dofn.start_bundle()
    found = [repr(_plain(out)) for one in elements for out in dofn.process(one) or ()]
    dofn.teardown()
    return found


def _plain(output: Any) -> Any:
    tagged = isinstance(output, beam.pvalue.TaggedOutput)
    return (output.tag, output.value) if tagged else output

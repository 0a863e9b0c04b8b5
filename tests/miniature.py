"""A runner of one stateful step and one key that does on demand what real ones do by bad luck.

State and timers are those of the last bundle that was committed. A bundle can break at any
element, be played to its end and thrown away, go to another worker, or fire its timer twice.
"""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.transforms.core import _StateDoFnParam, _TimerDoFnParam
from apache_beam.transforms.userstate import BagStateSpec, get_dofn_specs
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp

KEY = "0"
END = MAX_TIMESTAMP.micros
"""The watermark when the input has ended, microseconds."""


@dataclass
class _Cells:
    """State and timers, as the runner keeps them."""

    bags: dict[str, list[Any]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    timers: dict[str, int] = field(default_factory=dict)


class _Bag:
    def __init__(self, name: str, cells: _Cells) -> None:
        self._held = cells.bags.setdefault(name, [])

    def read(self) -> list[Any]:
        return list(self._held)

    def add(self, value: Any) -> None:
        self._held.append(value)

    def clear(self) -> None:
        self._held.clear()


class _Value:
    def __init__(self, name: str, cells: _Cells) -> None:
        self._name, self._cells = name, cells

    def read(self) -> Any:
        return self._cells.values.get(self._name)

    def write(self, value: Any) -> None:
        self._cells.values[self._name] = value

    def clear(self) -> None:
        self._cells.values.pop(self._name, None)


class _Timer:
    def __init__(self, name: str, cells: _Cells) -> None:
        self._name, self._cells = name, cells

    def set(self, time: Timestamp) -> None:
        self._cells.timers[self._name] = time.micros

    def clear(self) -> None:
        self._cells.timers.pop(self._name, None)


@dataclass(frozen=True)
class Luck:
    """What befalls one bundle before it is committed."""

    worker: int = 0
    """Which of the workers has it in the end."""
    breaks: Sequence[tuple[int, int]] = ()
    """Worker and number of elements after which it is thrown away; a large one is all of them."""
    again: bool = False
    """Whether a timer, once committed, fires a second time."""


FINE = Luck()


class Miniature:
    """Runs ``step`` on elements of one key.

    Args:
        step: is sent to each worker as runners do it, by pickle.
        workers: how many there are.
    """

    def __init__(self, step: beam.DoFn, workers: int = 2) -> None:
        self.output: list[Any] = []
        self.watermark = 0
        self._cells = _Cells()
        self._workers = [pickle.loads(pickle.dumps(step)) for _ in range(workers)]  # noqa: S301
        for worker in self._workers:
            worker.setup()
        _, timers = get_dofn_specs(step)
        self._callbacks = {timer.name: timer._attached_callback.__name__ for timer in timers}

    def read(self, elements: Iterable[Any], luck: Luck = FINE) -> None:
        """Play one bundle of elements."""
        self._bundle([("process", (KEY, one), 0) for one in elements], luck)

    def advance(self, watermark: int, luck: Luck = FINE) -> None:
        """Let time pass, microseconds, and all timers fire that are due, the earliest first."""
        self.watermark = max(self.watermark, watermark)
        while due := [(t, n) for n, t in self._cells.timers.items() if t <= self.watermark]:
            time, name = min(due)
            calls = [(self._callbacks[name], None, time)]
            del self._cells.timers[name]
            self._bundle(calls, luck)
            if luck.again and name not in self._cells.timers:
                self._bundle(calls, luck)

    def _bundle(self, calls: Sequence[tuple[str, Any, int]], luck: Luck) -> None:
        for worker, after in luck.breaks:
            self._play(calls[:after], worker, copy.deepcopy(self._cells))
        cells = copy.deepcopy(self._cells)
        self.output += self._play(calls, luck.worker, cells)
        self._cells = cells

    def _play(self, calls: Sequence[tuple[str, Any, int]], worker: int, cells: _Cells) -> list[Any]:
        step = self._workers[worker % len(self._workers)]
        step.start_bundle()
        found = []
        for name, element, time in calls:
            method = getattr(step, name)
            given = _arguments(method, cells, time)
            made = method(element, **given) if element is not None else method(**given)
            found += list(made or ())
        step.finish_bundle()
        return found


def _arguments(method: Callable[..., Any], cells: _Cells, time: int) -> dict[str, Any]:
    parameters = inspect.signature(method).parameters.values()
    wanted = [each for each in parameters if each.default is not each.empty]
    return {each.name: _argument(each.default, cells, time) for each in wanted}


def _argument(wanted: Any, cells: _Cells, time: int) -> Any:
    if isinstance(wanted, _StateDoFnParam):
        spec = wanted.state_spec
        return (_Bag if isinstance(spec, BagStateSpec) else _Value)(spec.name, cells)
    if isinstance(wanted, _TimerDoFnParam):
        return _Timer(wanted.timer_spec.name, cells)
    return KEY if wanted == beam.DoFn.KeyParam else Timestamp(micros=time)

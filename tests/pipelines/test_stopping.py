from __future__ import annotations

import signal
import threading
import time

import pytest

from pipelines.stopping import Stopped, Stopping


def stopping(ends: list[int], grace: float = 60.0, last: float = 60.0) -> Stopping:
    return Stopping(ends.append, grace, last)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_asks_and_wakes_a_sleeper(number: signal.Signals, code: int) -> None:
    ends: list[int] = []
    with stopping(ends) as asked:
        assert not asked.asked
        signal.raise_signal(number)
        asked.wait(3_600)
        assert asked.asked
        assert asked.exit_code == code
    assert ends == []


def test_a_second_signal_ends_at_once() -> None:
    ends: list[int] = []
    with stopping(ends):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        assert ends == [143]


def test_what_does_not_finish_in_time_is_interrupted() -> None:
    with stopping([], grace=0.01) as asked:
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Stopped):
            threading.Event().wait(3_600)
        assert asked.over


def test_what_does_not_let_go_is_ended_after_its_last_words() -> None:
    ended, said = threading.Event(), []
    asked = Stopping(lambda code: (said.append(code), ended.set()), 0.01, 0.01)
    asked.last_words = lambda: said.append("words")
    with asked:
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Stopped):
            time.sleep(3_600)
        assert ended.wait(60)
    assert said == ["words", 0]


def test_afterwards_signals_mean_what_they_meant_before() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    before = [signal.getsignal(number) for number in numbers]
    with stopping([]):
        pass
    assert [signal.getsignal(number) for number in numbers] == before

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.decode import SAMPLE_BYTES, to_text, without_surrogates

SENTENCES = {
    "cp1252": "Le café était fermé depuis l’été, “bien sûr”.",
    "cp1250": "Prezydent powiedział w czwartek, że gospodarka jest silna, a środa będzie lepsza.",
    "cp1251": "Президент в четверг заявил, что переговоры будут продолжены.",
    "koi8-r": "Президент в четверг заявил, что переговоры будут продолжены.",
    "shift_jis": "日本の首相は木曜日に辞任を表明した。後任はまだ決まっていない。",
    "gb18030": "总统星期四在北京会见了来访的外国领导人。双方讨论了贸易。",
}


@given(st.text())
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert to_text(text.encode()) == text


@given(st.text(min_size=1), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"]))
def test_a_byte_order_mark_decides_and_is_dropped(text: str, encoding: str) -> None:
    assert to_text(("\ufeffx" + text).encode(encoding)) == "x" + text


@pytest.mark.parametrize(("encoding", "text"), SENTENCES.items())
def test_the_encodings_of_the_web_are_told_apart(encoding: str, text: str) -> None:
    assert to_text(text.encode(encoding)) == text


def test_the_evidence_may_come_late() -> None:
    text = "plain words " * SAMPLE_BYTES + SENTENCES["cp1252"]
    assert to_text(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "body",
    [b"\x7fELF" + bytes(range(256)) * 20, b"\xff\xd8\xff\xe0" + bytes(range(255, 0, -1)) * 9],
)
def test_what_is_no_text_has_none(body: bytes) -> None:
    assert to_text(body) is None


@given(st.binary(max_size=100))
def test_whatever_comes_out_can_be_stored(body: bytes) -> None:
    text = to_text(body)
    assert text is None or without_surrogates(text).encode() is not None


def test_nothing_is_nothing() -> None:
    assert to_text(b"") == ""

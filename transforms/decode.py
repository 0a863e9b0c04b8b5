"""Bytes to text."""

from __future__ import annotations

import codecs
import re
from itertools import islice

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE_BYTES = 20_000
"""How much is looked at to guess an encoding."""
ENCODINGS = (
    "cp1252", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256",
    "cp1257", "mac_roman", "cp932", "euc_jp", "gb18030", "big5", "cp949", "utf_16_le", "utf_16_be",
)  # fmt: skip
"""What is looked for: the encodings of the web. With more, short texts fit too many."""
TIE = 0.05
"""Difference in charset-normalizer's chaos, and twice that in its coherence (0 to 1), below which
Western European is the better bet."""
MAX_CONTROL_SHARE = 0.05
"""Share of control characters above which a guess was a guess at something that is no text."""

_ENGLISH = bytes(range(0x80)) + "€…‘’“”•–—™\xa0£©®°½Éàáäåçèéêëíñóôöøúü".encode("cp1252")
"""What English text in Windows' encoding is made of: too little for statistics to tell."""
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def to_text(body: bytes) -> str | None:
    """Return ``body`` as text without its BOM, or None where no encoding fits.

    A byte order mark decides; then UTF-8, also with a few broken characters, which become
    U+FFFD; then what charset-normalizer makes of it.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _damaged_utf8(body) or _guess(body)


def without_surrogates(text: str) -> str:
    """Replace lone surrogates, which JSON can hold and UTF-8 cannot, by U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _damaged_utf8(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    intact = sum(1 for _ in islice(re.finditer(r"[^\x00-\x7f\ufffd]", text), 4 * broken))
    return text if intact >= 4 * broken else None


def _guess(body: bytes) -> str | None:
    if not body.translate(None, _ENGLISH):
        return body.decode("cp1252")
    # The first byte beyond ASCII is where the evidence begins.
    first = len(body) - len(body.lstrip(bytes(range(0x80))))
    sample = body[max(0, first - SAMPLE_BYTES // 2) :][:SAMPLE_BYTES]
    matches = from_bytes(sample, cp_isolation=list(ENCODINGS))
    best = matches.best()
    if best is None or len(_CONTROL.findall(str(best))) > MAX_CONTROL_SHARE * len(sample):
        return None
    common = any(
        "cp1252" in match.could_be_from_charset
        and match.chaos <= best.chaos + TIE
        and match.coherence >= best.coherence - 2 * TIE
        for match in matches
    )
    return body.decode("cp1252" if common else best.encoding, "replace")

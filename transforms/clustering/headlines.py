"""Read headlines the way a label needs them: cleaned, in words, with the case that is meant."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transforms.clustering.terms import MAX_LENGTH, tokenise

QUOTES = '"'
"""Marks that do not part words: what is quoted goes on."""
MAX_CHARACTERS = 300
"""Characters of a headline that are looked at; a longer one is a text."""
SHOUT_LENGTH = 2
"""Words all in capitals that make a headline a shouted one."""

_MARKUP = re.compile(r"<[^<>]{0,300}>|https?://\S+")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"'})
_RUBRIC = re.compile(
    r"^\W*(?:opinions?|analysis|exclusive|breaking(?: news)?|watch|live(?: updates?| blog)?|latest"
    r"|the latest|reports?|the memo|videos?|photos?|pictures|gallery|editorial|commentary|column"
    r"|reviews?|updated?|just in|must[- ]see|fact[- ]?check|explainer|explained|podcast|transcript"
    r"|first on \w+|roundup|infographic|letters?|news|developing|factbox|special report|wrap-?up"
    r"|morning (?:briefing|brief|digest)|daily briefing|the note|q ?& ?a|in (?:pictures|photos))"
    r"(?:\s*[:|]\s*|\s+[-–—]\s+)",
    re.IGNORECASE,
)
_OUTLETS = """
abc aljazeera ap associated atlantic axios bbc bloomberg breitbart buzzfeed caller cbn cbs cnbc cnn
com daily economist examiner forbes fox guardian hill huffpost huffington insider journal kos
magazine mail mashable mother jones msnbc national nbc news newsmax newsweek newspaper npr online
opinion pbs politico post press reason reuters review slate sky telegraph theblaze the of times
today townhall upi usa vice video videos vox wall washington week wsj yahoo york new street
"""
OUTLETS = frozenset(_OUTLETS.split())
"""Words that the names of outlets and their sections are made of."""
_TAIL = re.compile(r"\s+[-|–—]\s+([^-|–—]{2,40})$")
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)+|#?[^\W_]+(?:['&.\-/][^\W_]+)*|[:;,!?()\[\]|\"…–—]|[-*]+|\.+"
)
_POSSESSIVE = re.compile(r"(?:'s|(?<=s)')$", re.IGNORECASE)
_KEEP_POSSESSIVE = frozenset(
    {"women", "men", "children", "people", "veterans", "workers", "mother"}
)
_ACRONYMS = """
aca aclu afl ag ahca aids aig ap at&t bbc bp cbo cdc ceo cfpb chip cia cnn cpac daca dc dea dhs dnc
doj dui epa eu fbi fcc fda fema fifa fisa gdp gm gop hhs hiv hud ibm ice ig imf ipo iq irs isil isis
lgbt lgbtq mit mlb msnbc nafta nasa nato nba nbc ncaa nfl nhl nhs nra nrcc nsa nypd opec pac pga
pope's rnc rmt tpp tsa ufo uk un us usa usda va vat vw who wto
"""
_KNOWN_ACRONYMS = frozenset(_ACRONYMS.split()) - {"who", "pope's", "ice", "us"}


@dataclass(frozen=True)
class Word:
    """A word of a headline. ``keys`` are its terms, empty for a stop word or a bare number."""

    surface: str
    keys: tuple[str, ...]
    named: bool = False
    """Capitalised where its headline would not have capitalised it otherwise."""


@dataclass
class Cases:
    """How often each way to write a word was seen where its case means something."""

    seen: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, words: Iterable[str]) -> None:
        """Count these words as written."""
        for word in words:
            self.seen.setdefault(word.lower(), Counter())[word] += 1

    def restore(self, word: str) -> str:
        """Return ``word`` as it is meant; a shouted one with only its first letter capital."""
        lower = word.lower()
        if ways := self.seen.get(lower):
            return min(ways, key=lambda way: (-ways[way], way))
        if lower in _KNOWN_ACRONYMS:
            return lower.upper()
        if word.isupper() and sum(map(str.isalpha, word)) > 1 and "." not in word:
            return word[0] + lower[1:] if not any(map(str.isdigit, word)) else word
        return word


def clean(title: str, source: str | None = None) -> str:
    """Return ``title`` as plain text on one line, without rubrics and the name of its outlet."""
    text = html.unescape(title[: 4 * MAX_CHARACTERS]).translate(_QUOTES)
    text = " ".join(_HIDDEN.sub(" ", _MARKUP.sub(" ", text)).split())[:MAX_CHARACTERS]
    for _ in range(2):
        text = _RUBRIC.sub("", text, count=1) or text
    tail = _TAIL.search(text)
    if tail and _is_outlet(tail[1], source or ""):
        text = text[: tail.start()]
    return text.strip(" -|–—")


def _is_outlet(text: str, source: str) -> bool:
    known = OUTLETS | set(re.findall(r"\w+", source.lower()))
    return all(word in known for word in re.findall(r"\w+", text.lower()))


def split(text: str) -> list[list[Word]]:
    """Return the words of a cleaned headline, parted at punctuation."""
    tokens: list[str] = [token for token in _WORD.findall(text) if len(token) <= MAX_LENGTH]
    telling = set(_telling(tokens))
    segments: list[list[Word]] = [[]]
    for place, token in enumerate(tokens):
        if not any(map(str.isalnum, token)):
            if token not in QUOTES:
                segments.append([])
            continue
        named = place in telling and token[:1].isupper()
        segments[-1].append(_word(token.lstrip("#"), named))
    return [segment for segment in segments if segment]


def _word(token: str, named: bool) -> Word:
    bare = _POSSESSIVE.sub("", token)
    if bare.lower() not in _KEEP_POSSESSIVE:
        token = bare or token
    keys = tuple(key for key in tokenise(token) if not key.replace(".", "").isdigit())
    return Word(token, keys, named)


def telling_cases(text: str) -> list[str]:
    """Return the words of a cleaned headline whose case says whether they are names.

    None of a headline that is shouted; of one in title case, those all in capitals; otherwise
    those that do not open a sentence.
    """
    tokens: list[str] = _WORD.findall(text)
    return [_POSSESSIVE.sub("", tokens[place]) for place in _telling(tokens)]


def _telling(tokens: list[str]) -> list[int]:
    words = [place for place, token in enumerate(tokens) if token[:1].isalpha()]
    content = [tokens[place] for place in words if len(tokens[place]) > 3]
    lower = sum(word[:1].islower() for word in content)
    shouted = sum(word.isupper() for word in content)
    if shouted > max(SHOUT_LENGTH, len(content) // 3):
        return []
    if not 0.25 * len(content) <= lower < len(content):
        return [p for p in words if tokens[p].isupper() and len(tokens[p]) > 1]
    return [p for p in words if p > 0 and tokens[p - 1][-1].isalnum()]


def neighbours(segments: Iterable[Sequence[Word]]) -> Mapping[tuple[str, str], bool]:
    """Return pairs of terms that stand side by side; True where both are written as names."""
    pairs: dict[tuple[str, str], bool] = {}
    for segment in segments:
        for left, right in pairwise(segment):
            if left.keys and right.keys:
                pair = (left.keys[-1], right.keys[0])
                pairs[pair] = pairs.get(pair, False) or (left.named and right.named)
        for word in segment:
            for pair in pairwise(word.keys):
                pairs.setdefault(pair, word.named)
    return pairs

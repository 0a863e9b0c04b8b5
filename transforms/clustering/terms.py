"""The words of a text that say what it is about: for the sparse vectors and for labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

MAX_TERMS = 400
"""Distinct terms kept of one passage: the most frequent, ties in alphabetical order."""
TITLE_WEIGHT = 3.0
"""What a term of the title adds to its count in each passage of the article."""
MAX_LENGTH = 40
"""Characters of the longest word that is still a word; anything longer is an address or noise."""

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S., F.B.I.
    r"|\d+(?:[.,]\d+)+"  # 1,200 and 3.5
    r"|[^\W\d_]-[^\W_]+"  # e-mail, F-35
    r"|[^\W_]+(?:['&][^\W_]+)*"  # O'Neill, AT&T; a hyphen elsewhere parts two words
)
_UNITED_STATES = re.compile(r"\bUS\b")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "＇": "'"})
_CONTRACTION = re.compile(r"'(?:s|re|ve|ll|d|m|t)$")

_STOP_WORDS = """
a about above across after afterwards again against ago ain't all almost along already also
although always am a.m amid among amongst an and another any anybody anyone anything anyway
anywhere are aren't around as aside at away be became because become becomes becoming been
before began begin behind being below beside besides between beyond both but by came can
can't cannot come comes coming could couldn couldn't despite did didn didn't do does doesn
doesn't doing don don't done down due during each either else enough especially etc even ever
every everybody everyone everything everywhere except far few fewer for former forth from
further gave get gets getting give given gives giving go goes going gone got gotten had hadn
hadn't has hasn hasn't have haven haven't having he hence her here hers herself him himself
his how however i if in indeed inside instead into is isn isn't it its itself just keep keeps
kept knew know known knows last later least less let like likely ll look looked looking looks
lot made make makes making many may maybe me mean means meanwhile might mine more moreover
most mostly mr mrs ms much must mustn mustn't my myself near nearly neither never
nevertheless next no nobody none nonetheless nor not nothing now nowhere of off often oh ok
okay on once one ones only onto or other others otherwise ought our ours ourselves out
outside over own per perhaps pm p.m put puts quite rather re really reportedly said same saw
say saying says see seem seemed seeming seems seen shall she should shouldn shouldn't since so
some somebody somehow someone something sometimes somewhat somewhere soon still such take
taken takes taking than that the their theirs them themselves then thence there thereby
therefore these they thing things think this those though through throughout thus till to
together told too took toward towards tried try trying under unless unlike until up upon us
use used uses using usually ve very via want wanted wants was wasn wasn't way we well went were
weren weren't what whatever when whenever where whereas wherever whether which while who
whoever whole whom whose why will with within without won't would wouldn wouldn't yes yet you
your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing about a subject, with the verbs every report is made of."""

_IRREGULAR = {
    "women": "woman",
    "men": "man",
    "children": "child",
    "movies": "movie",
    "wives": "wife",
    "lives": "life",
    "leaves": "leave",
    "gases": "gas",
    "buses": "bus",
}
_NOT_PLURAL = """
news series species always james charles williams jones hughes davis adams rogers evans
sanders collins jenkins phillips hawkins matthews athens brussels los angeles wales
chaos diabetes means headquarters politics congress mercedes rhodes holmes barnes
roberts edwards richards stevens andrews daniels michaels peters simmons summers waters
reuters forbes hastings cummings jennings tunis illinois des rodgers
"""
_UNCHANGED = frozenset(_NOT_PLURAL.split())
"""Names and singular words that only look like plurals."""


def tokenise(text: str) -> list[str]:
    """Return the content words of ``text``, in order, in lower case, without stop words.

    Hyphenated words are parted (``health-care`` is two), save after a single letter
    (``e-mail`` is ``email``); ``U.S.`` and ``US`` become ``usa``, other dotted letters close up
    (``fbi``). Numbers of two digits or more stay, without separators (``1,200`` is ``1200``);
    a possessive is stripped; plurals are made singular where a suffix rule can (see
    :func:`singular`). Marked-up or lower-cased text is fine. Cost is linear in the text.
    """
    if not text.isupper():
        text = _UNITED_STATES.sub("usa", text)
    found = _TOKEN.findall(text.translate(_QUOTES).lower())
    return [term for word in found if (term := _term(word))]


def count_terms(
    title: str | None, texts: Sequence[str], title_weight: float = TITLE_WEIGHT
) -> tuple[list[str], list[float]]:
    """Return the distinct terms of a passage, sorted, and how often each occurs.

    A term of the title counts ``title_weight`` times. At most ``MAX_TERMS`` terms are kept.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenise(text))
    weights: dict[str, float] = {term: float(count) for term, count in counts.items()}
    for term in tokenise(title or ""):
        weights[term] = weights.get(term, 0.0) + title_weight
    if len(weights) > MAX_TERMS:
        frequent = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        weights = dict(frequent[:MAX_TERMS])
    terms = sorted(weights)
    return terms, [weights[term] for term in terms]


def singular(word: str) -> str:
    """Return lower-case ``word`` without a plural ending, by suffix alone.

    Harman's S-stemmer (JASIS 42(1), 1991) with the endings that it leaves odd put right
    (``taxes`` is ``tax``) and words in -as, -is, -us, -ss left alone, which are mostly names.
    """
    if len(word) < 4 or word[-1] != "s" or word in _UNCHANGED:
        return _IRREGULAR.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("xes", "ches", "shes", "sses", "oes")) and len(word) > 4:
        return word[:-1] if word == "shoes" else word[:-2]
    return word if word.endswith(("as", "is", "us", "ss")) else word[:-1]


@lru_cache(maxsize=1 << 17)
def _term(word: str) -> str:
    """Return the term for a token, or an empty string where it is not one."""
    if len(word) > MAX_LENGTH or word in STOP_WORDS:
        return ""
    word = _CONTRACTION.sub("", word)
    if word[0].isdigit() and word[-1].isdigit():
        word = word.replace(",", "")
        return word if len(word) > 1 else ""
    if "." in word:
        word = word.replace(".", "")
        if word == "us":
            return "usa"
    word = singular(word.replace("-", ""))
    return "" if len(word) < 2 or word in STOP_WORDS else word

"""Split an article into paragraphs and set aside what is not part of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.pvalue import TaggedOutput

from schemas.records import (
    Article,
    Paragraph,
    Rejection,
    Residue,
    SegmentedArticle,
    make_id,
    reject,
)
from schemas.settings import Settings
from transforms.residue import classify, cut
from transforms.sentences import sentences

BLOCK_CHARACTERS = 1200
"""A paragraph longer than this is split into groups of sentences."""
GROUP_CHARACTERS = 600
"""A group of sentences is closed once it is at least this long."""
CAREFUL_CHARACTERS = 60_000
"""Characters of one article's long paragraphs that are split by the slow, exact splitter. The
longest article seen has 65,000 in all, few of them in long paragraphs."""
SITE_NAME_CHARACTERS = 40
"""How much longer than the first line a title may be that ends in the name of the site."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"\n")


def segment(article: Article, settings: Settings) -> SegmentedArticle | Rejection:
    """Return the article in paragraphs, with what was dropped, or why nothing is left of it.

    Positions count paragraphs from 0, dropped ones as well; a paragraph that lost a comment form
    or the like shares its position with what was cut off. An article with nothing but a title
    has the title as its only paragraph, at -1. The article returned has no text of its own.
    """
    kept, residue = _sift(article.title, _texts(article), settings.input.max_paragraphs)
    if not kept and article.title:
        kept = [(-1, article.title)]
    if not kept:
        return _rejection(article, "only_residue", f"All {len(residue)} parts are page furniture.")
    rest = article._replace(text="", blocks=[])
    return SegmentedArticle(rest, _numbered(article.article_id, kept), residue)


class Segment(beam.DoFn):
    """Segment articles; those of which nothing is left go to the output ``rejections``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def process(self, element: Article) -> Iterator[SegmentedArticle | TaggedOutput]:
        """Yield the segmented article, or its rejection."""
        try:
            result = segment(element, self._settings)
        except Exception as error:  # One article that nobody foresaw must not stop a run.
            result = _rejection(element, "failed", f"{type(error).__name__}: {error}"[:500])
        if isinstance(result, Rejection):
            Metrics.counter("segment", f"rejected_{result.reason}").inc()
            yield TaggedOutput("rejections", result)
        else:
            _count(result)
            yield result


def segment_articles(settings: Settings) -> beam.ParDo:
    """Return the typed transform: main output ``articles``, side output ``rejections``."""
    typed = beam.ParDo(Segment(settings)).with_output_types(SegmentedArticle, rejections=Rejection)
    return typed.with_outputs("rejections", main="articles")


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of normalised ``text``, in order, none of them empty.

    Blank lines separate paragraphs; where there are none, single newlines do. A paragraph of
    more than ``BLOCK_CHARACTERS`` is cut into groups of whole sentences.
    """
    separator = _BLANK_LINE if _BLANK_LINE.search(text) else _LINE
    return _grouped(separator.split(text))


def _texts(article: Article) -> list[str]:
    return _grouped(article.blocks) if article.blocks else paragraphs(article.text)


def _grouped(blocks: Iterable[str]) -> list[str]:
    careful = CAREFUL_CHARACTERS
    texts: list[str] = []
    for block in blocks:
        text = " ".join(block.split())
        if len(text) > BLOCK_CHARACTERS:
            texts.extend(_groups(sentences(text, careful)))
            careful -= len(text)
        elif text:
            texts.append(text)
    return texts


def _groups(parts: Sequence[str]) -> list[str]:
    groups: list[str] = []
    current = ""
    for sentence in parts:
        current = f"{current} {sentence}" if current else sentence
        if len(current) >= GROUP_CHARACTERS:
            groups.append(current)
            current = ""
    if current and groups and len(current) < GROUP_CHARACTERS // 4:
        groups[-1] = f"{groups[-1]} {current}"
    elif current:
        groups.append(current)
    return groups


def _sift(
    title: str | None, texts: Sequence[str], limit: int
) -> tuple[list[tuple[int, str]], list[Residue]]:
    kept: list[tuple[int, str]] = []
    residue: list[Residue] = []
    before: str | None = None
    for position, text in enumerate(texts[:limit]):
        rest, dropped = _parted(text, position, len(texts), before)
        if rest and not kept and _repeats(rest, title):
            rest, dropped = "", [*dropped, Residue(position, "title_repeated", rest)]
        if rest:
            kept.append((position, rest))
        residue.extend(dropped)
        before = dropped[-1].rule if dropped else None
    if beyond := texts[limit:]:
        residue.append(Residue(limit, "beyond_limit", "\n\n".join(beyond)))
    return kept, residue


def _parted(text: str, position: int, total: int, before: str | None) -> tuple[str, list[Residue]]:
    """Return what is left of a paragraph, empty when nothing is, and its residue."""
    if rule := classify(text, position, total, before):
        return "", [Residue(position, rule, text)]
    rest, cuts = cut(text)
    residue = [Residue(position, each.rule, each.text) for each in cuts]
    if cuts and rest and (rule := classify(rest, position, total, before)):
        return "", [Residue(position, rule, rest), *residue]
    return rest, residue


def _repeats(text: str, title: str | None) -> bool:
    """Whether a first line says what the title says; the title may add the site's name."""
    if not title:
        return False
    line, heading = _letters(text), _letters(title)
    if not line or line == heading:
        return bool(line)
    added = title[len(text) :]
    named = len(added) <= SITE_NAME_CHARACTERS and re.match(r"\W*[|–—-]", added) is not None
    return named and heading.startswith(line)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _numbered(article_id: str, kept: Iterable[tuple[int, str]]) -> list[Paragraph]:
    earlier: Counter[str] = Counter()
    numbered = []
    for position, text in kept:
        identity = make_id("p", article_id, text, str(earlier[text]))
        numbered.append(Paragraph(identity, position, text))
        earlier[text] += 1
    return numbered


def _rejection(article: Article, reason: str, message: str) -> Rejection:
    body = (article.text or "\n\n".join(article.blocks)).encode("utf-8", "replace")
    origin, place, fetched_at = article.origin, article.place, article.fetched_at
    return reject("segment", reason, message, origin, place, fetched_at, body)


def _count(result: SegmentedArticle) -> None:
    Metrics.counter("segment", "articles").inc()
    Metrics.counter("segment", "paragraphs").inc(len(result.paragraphs))
    for rule, number in Counter(part.rule for part in result.residue).items():
        Metrics.counter("segment", f"residue_{rule}").inc(number)

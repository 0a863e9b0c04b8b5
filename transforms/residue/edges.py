# ruff: noqa: E501 - a pattern is easier to read unbroken
"""Residue stuck to the ends of a real paragraph: where it starts, so that it can be cut off."""

from __future__ import annotations

import re

from transforms.residue.base import Edge
from transforms.residue.words import PHOTO

_SENTENCE_END = r"(?<=[.!?…\"”’')\]])"

HEADS: tuple[Edge, ...] = (
    Edge(
        "share_bar",
        ("Facebook Twitter",),
        re.compile(r"^Facebook Twitter (?:Pinterest|Email|LinkedIn|WhatsApp) (?=\S)"),
    ),
    Edge(
        "photo_credit",
        ("oggle caption",),
        re.compile(r"^(?:Enlarge this image )?[Tt]oggle caption (?=\S)"),
    ),
)
"""Residue before a paragraph's own text."""

TAILS: tuple[Edge, ...] = (
    Edge(
        "comment_form",
        (
            "Leave a ",
            "Your e",
            "Required fields",
            "Save my name",
        ),
        re.compile(
            r" (?:Leave a (?:Reply|Comment)(?: Cancel reply)?(?=$| Your| You must| Name| Comment| Enter)|(?:Cancel reply )?Your e-?mail address will not be (?:published|shared)|Required fields are marked|Save my name, e-?mail).*$"
        ),
    ),
    Edge(
        "share_bar",
        (
            "Share ",
            "Click to share",
        ),
        re.compile(
            r" (?:Share this(?: article| story)?:|Click to share on|Read or Share this story:|Share on (?:Facebook|Twitter) ).{0,500}$|"
            + _SENTENCE_END
            + r" Share(?: (?:this|Tweet|Facebook|Twitter|Email|Pin|Print|Pinterest|LinkedIn|Reddit)){1,8}$"
        ),
    ),
    Edge(
        "newsletter",
        (
            "Sign up ",
            "Subscribe ",
        ),
        re.compile(
            _SENTENCE_END
            + r" (?:Sign up|Subscribe) (?:here )?(?:for|to) (?:our|the) [^.!?]{0,80}(?:newsletter|podcast|mailing list|email alerts)\b[^.!?]{0,60}[.!]?$"
        ),
    ),
    Edge(
        "follow_line",
        (" Follow ",),
        re.compile(
            _SENTENCE_END
            + r" Follow (?:him|her|them|us|me|@\w+|[A-Z][^.!?]{2,40}) (?:on|at) (?:Twitter|Facebook|Instagram)\b.{0,60}$"
        ),
    ),
    Edge(
        "copyright",
        ("opyright", "COPYRIGHT", "©", "All rights"),
        re.compile(
            _SENTENCE_END
            + r" (?:(?:Copyright|COPYRIGHT|©)\W{1,4}(?:©\W?|\([Cc]\) )?(?:by )?(?:19|20)\d\d\b|All rights reserved).{0,200}$"
        ),
    ),
    Edge(
        "contributors",
        ("eporting", "riting", "diting", " contributed to this "),
        re.compile(
            _SENTENCE_END
            + r" (?:\((?:Additional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting)(?: and [a-z]+)? by [^()]{3,300}\)|[A-Z][^.!?]{3,200} contributed to this (?:report|story|article)\.?)$"
        ),
    ),
    Edge(
        "photo_credit",
        (
            "hoto",
            "mage",
            "icture",
            "llustration",
            "/",
            "file ",
        ),
        re.compile(
            rf" \((?:Photos?|Photograph|Images?|Picture|Illustration|Source photo)(?: credits?)?(?::| by| courtesy)[^()]{{1,120}}\)$| \(?{PHOTO} (?:file )?(?:photo|image)s?: [^()]{{3,80}}\)$| \([^()]{{3,60}}/{PHOTO}(?:/{PHOTO})?\)$|(?<=[.’”)a-z0-9]) (?:Photograph|Photo): [A-Z][^.:]{{3,80}}$| REUTERS/[A-Z][^./]{{3,40}}(?:/File [Pp]hoto)?$"
        ),
    ),
    Edge("related_link", (" Read more",), re.compile(_SENTENCE_END + r" Read more:?$")),
    Edge(
        "continuation",
        (
            "elow",
            "Advertisement",
        ),
        re.compile(
            _SENTENCE_END + r" (?:Story|Article) [Cc]ontinue[sd] [Bb]elow(?: [Aa]dvertisement)?$"
        ),
    ),
    Edge(
        "advertisement",
        (
            "dvertisement",
            "ADVERTISEMENT",
        ),
        re.compile(_SENTENCE_END + r"(?: (?:ADVERTISEMENT|Advertisement)){1,3}$"),
    ),
)
"""Residue after a paragraph's own text."""

# ruff: noqa: E501 - a pattern is easier to read unbroken
"""Rules for what the trade adds to an article: credits, bylines, dates, rights."""

from __future__ import annotations

from transforms.residue.base import Rule, forms, holding
from transforms.residue.words import AGENCY, DATES, NAME, NAMES, OWN_VIEWS, PHOTO, PROFESSION

PRESS_RULES: tuple[Rule, ...] = (
    Rule(
        "photo_gallery",
        "Captions of a picture gallery run together.",
        "Hide Caption 3 of 12 Photos: The flood in pictures",
        4000,
        forms(
            holding(" caption ", r"\b(?:Hide|Show) Caption \d+ of \d+\b"),
            r"^Photos: (.{4,60}) Photos: \1\b",
        ),
    ),
    Rule(
        "photo_credit",
        "The credit of a picture without a caption, or a gallery's label.",
        "(Photo by Jane Roe/Getty Images)",
        200,
        forms(
            (
                r"(?i)^[\[(]?(?:featured |main )?(?:photo(?:graph)?s?|images?|pictures?|illustrations?|photographer|video|screen ?(?:shot|grab))(?: credits?)?(?: ?[:|/-]| by\b| courtesy\b)",
                r"^.{0,120}$",
                r"^(?:[^.]|\.(?! [A-Z][a-z]+ [a-z]))*$",
            ),
            rf"^\((?:{PHOTO})[^()]{{0,20}}(?:photo|image|file)s?\b[^()]{{0,80}}\)$",
            rf"^\([^()]{{3,70}}[/,] ?{PHOTO}[^()]{{0,40}}\)$",
            r"^(?:REUTERS|AP Photo|AFP PHOTO|GETTY|Getty Images)/[^.]{3,50}$",
            rf"^{NAMES}/{PHOTO}(?:/{PHOTO})?$",
            r"^Enlarge this image toggle caption .{2,140}$",
            r"(?i)^\W*slideshow \(\d+ images?\)$",
            r"(?i)^\W*(?:photos?|images?|(?:view|launch|see|open) (?:the )?(?:photo )?gallery|(?:hide|show|toggle|image|media) caption|enlarge(?: this)? image|pixabay|file photo|handout)\W*$",
            r"(?i)^\W*(?:image|photo) copyright\b.{0,60}$",
        ),
    ),
    Rule(
        "byline",
        "Names the authors and nothing else.",
        "By Jane Doe and Richard Roe, Staff writers",
        160,
        forms(
            rf"^(?:By|BY|Written by|Posted by|Analysis by|Reported by|Von|Por) {NAMES},?(?:(?:,|\s\||\s[-–—]) [^.!?;:]{{2,60}})?\W?$",
            r"^BY (?!THE |A |AN )[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){1,2}(?: AND [A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){1,2})?$",
            r"(?i)^\W*(?:special to (?:the )?[\w ]{2,40}|opinion contributors?|(?:senior )?staff (?:writers?|reporters?)|contributing (?:writers?|editors?)|the editorial board|editorial board|guest (?:columnist|contributor))\W*$",
        ),
    ),
    Rule(
        "source_line",
        "An outlet or an agency alone on its line.",
        "The Associated Press",
        60,
        forms(rf"(?i)^\W*{AGENCY}\W*$", rf"^{NAMES},? (?i:{AGENCY})$"),
        "edges",
    ),
    Rule(
        "contributors",
        "Credits of colleagues who reported, wrote or edited.",
        "Jane Doe and The Associated Press contributed to this report.",
        350,
        forms(
            holding(
                "contributed",
                r"^(?:[^.!?]|\b(?:[A-Z]|Jr|Sr|St|Dr|Mr|Mrs|Ms)\.|\.com)*\bcontributed(?: \w+){0,3} (?:to|for) this (?:report|story|article|post|piece|column|analysis)",
            ),
            (
                r"^[^.!?]{0,200} reported from\b",
                holding(
                    "contributed",
                    r"\bcontributed(?: \w+){0,3} (?:to|for) this (?:report|story|article|post|piece|column|analysis)",
                ),
            ),
            r"(?i)^\W*contribut(?:ing|ors?|ed)(?: \w+)? ?:",
            r"(?i)^\W*additional (?:reporting|research|writing|work) (?:by|from)\b",
            r"(?i)^[\W_]+(?:(?:reporting|writing|editing|compiled)(?: and \w+)? by|with (?:assistance|reporting|files|help) (?:by|from))\b",
            (r"^\(?(?:Reporting|Writing)(?: and \w+)? by\b", r"\b[Ee]diting by\b"),
            rf"^With (?:assistance|reporting|files|contributions) (?:by|from) {NAMES}\W*$",
            r"^[^.a-z]{0,3}[A-Z][^.]{3,90} contributed\.?$",
            r"(?i)^\W*this (?:report|story|article) (?:contains|includes) (?:material|information|reporting) from\b",
            r"(?i)^\W*(?:the )?associated press contributed\b",
        ),
    ),
    Rule(
        "author_note",
        "Who the author is and how to reach them.",
        "Jane Doe is a columnist at The Example. Follow her on Twitter @janedoe.",
        600,
        forms(
            (
                rf"^\W*{NAME}\b.{{0,80}}\b(?:is|was|are|has been)\b",
                r"(?:Follow|E-?mail|Reach|[Yy]ou (?:can|may) (?:follow|reach|contact|e-?mail)) (?:him|her|them|me)\b|\b(?:He|She|They) can be (?:reached|contacted|followed)\b|e-?mail address is|Follow @\w|(?:[Vv]iews|[Oo]pinions) expressed (?:here|are|in (?:this|these))\b",
            ),
            (rf"^[—–•*] ?{NAME}\b.{{0,60}}\bis\b", PROFESSION, r"^[^“”\"]{0,300}$"),
            (rf"^_?{NAME}(?:, [^.]{{4,160}},)? is (?:a|an|the) ", r"(?i)\bthe views? expressed\b"),
        ),
        "edges",
    ),
    Rule(
        "disclaimer",
        "Whose opinion it is.",
        "The views expressed in this column are the author's own.",
        400,
        forms(
            (
                r"(?i)^\W*(?:the |all |any )?(?:views|opinions)(?:,? (?:and|or|claims and) \w+)? expressed\b",
                OWN_VIEWS,
            ),
            (
                holding(
                    " expressed",
                    r"(?i)\b(?:views|opinions) expressed (?:in (?:this|these) (?:commentar\w+|column|article|piece|op-ed|video)|here|are)\b",
                ),
                OWN_VIEWS,
                rf"^\W*{NAME}",
            ),
        ),
        "edges",
    ),
    Rule(
        "dateline",
        "Place and agency alone on their line.",
        "LISBON (AP) —",
        80,
        forms(
            r"^[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,40}(?:, [A-Z][\w.]{1,15}){0,2}(?: \([A-Za-z ]{2,20}\))? ?[-–—]{1,2}$",
            r"^[A-ZÀ-Þ][A-ZÀ-Þ .'’-]{2,40}(?:, [A-Z][\w.]{1,15}){0,2} \((?:AP|Reuters|REUTERS|AFP|CNN|UPI|Bloomberg|dpa)\)$",
        ),
        "start",
    ),
    Rule(
        "date_line",
        "A full date alone on its line, near the top.",
        "Tuesday, 4 March 2014, 10:15 GMT",
        100,
        forms(
            (
                DATES,
                r"\b(?:19|20)\d\d\b",
                r"(?i)\d\W+(?:at |on )?(?:\d|[a-z]{3})|[a-z]{3,}\W+\d{1,2}\b",
            )
        ),
        "start",
    ),
    Rule(
        "update_line",
        "Says when the article was published or changed.",
        "Updated at 12:40 p.m. ET",
        120,
        forms(
            (
                DATES,
                r"(?i)^\W*(?:updated?|published|posted|modified|created|(?:last|first) (?:updated?|published|modified))\b",
                r"\d",
            ),
            r"(?i)^\W*(?:this|the) (?:story|article|post|report|page|piece) (?:has been|was|is being)(?: last)? updated(?: (?:at|on|with|to|throughout)\b.{0,60})?\W*$",
            r"(?i)^\W*this (?:article|story) is more than \d+ (?:years?|months?) old\W*$",
            r"(?i)^\W*(?:this is a (?:breaking|developing) (?:news )?story|developing story)\b(?:.{0,80}\b(?:updates?|refresh|check back)\b.{0,40})?\W*$",
        ),
    ),
    Rule(
        "copyright",
        "Copyright and syndication notices.",
        "© 2017 The Example. All rights reserved.",
        500,
        forms(
            r"(?i)^\W*copyright\W{1,4}(?:(?:by|c|of)\W{1,2})?(?:19|20)\d\d\b",
            r"^\W{0,3}©.{0,200}$",
            r"(?i)^[^.!?]{0,100}\b(?:all rights reserved|tous droits réservés|alle rechte vorbehalten|todos los derechos reservados)\b.{0,120}$",
            holding(
                "may not be",
                r"(?i)^[^.!?]{0,100}\bmay not be (?:published|reproduced|copied),? (?:broadcast|rewritten|republished)",
            ),
            r"(?i)^\W*distributed by [^.]{3,40}(?:\.com|syndicate|uclick|agency|features)\W*$",
            holding(
                "available without charge",
                r"(?i)\bavailable without charge to any eligible news publisher\b",
            ),
        ),
    ),
    Rule(
        "origin_note",
        "Where the text appeared first, or how it was transcribed.",
        "This article was originally published on Example.com.",
        300,
        forms(
            r"(?i)^\W*(?:this|the|a version of this|an earlier version of this) (?:article|story|post|piece|column|essay|op-ed|report) (?:was |has )?(?:been )?(?:first |originally )?(?:appeared|published|ran|posted|produced)\b(?: (?:first|originally))? (?:at|on|in|by|with)\b[^.]{2,120}(?:\.\w{2,3}\b[^.]{0,60})?\W*$",
            r"(?i)^\W*this is a rush transcript\b",
            holding("transcripts are", r"(?i)\btranscripts are created on a rush deadline\b"),
        ),
    ),
)

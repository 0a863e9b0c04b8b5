"""Tell page furniture from the article: forms, bars, notices, credits, links to other stories.

A rule names what it drops, and nothing is dropped without a name. When in doubt a paragraph
stays: a kept byline costs one odd vector, a dropped paragraph is lost to its storyline.
"""

from transforms.residue.classify import RULES, SEGMENT_RULES, Cut, classify, cut

__all__ = ["RULES", "SEGMENT_RULES", "Cut", "classify", "cut"]

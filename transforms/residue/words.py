# ruff: noqa: E501 - a pattern is easier to read unbroken
"""Pieces of patterns that several rules share: names, agencies, dates."""

from __future__ import annotations

NAME = (
    r"(?!(?:The|THE|This|That|These|A|An|All|Any|My|Our|Your|Their|His|Her|Its) )"
    r"[A-ZÀ-Þ][\w.'’-]*(?: (?:(?:de|del|der|van|von|da|di|la|le|al|bin|el) )?[A-ZÀ-Þ][\w.'’-]*){1,3}"
)
NAMES = rf"{NAME}(?:(?:,| and| &|, and) {NAME}){{0,5}}"
AGENCY = (
    r"(?:the )?(?:associated press|ap|reuters|afp|agence france-presse|upi|dpa|ansa|xinhua|tass|"
    r"bloomberg(?: news)?|bbc(?: news)?|cnn(?:money)?|npr|pbs|usa today(?: network)?|fox news|"
    r"(?:abc|cbs|nbc) news|sky news|politico|the hill|vox|staff|staff writers?|getty images|"
    r"epa|pool|press association|pa|new york times|washington post|wall street journal|guardian)"
)
PHOTO = (
    r"(?:Reuters|REUTERS|AP(?: Photo)?|AFP|Getty(?: Images)?|GETTY(?: IMAGES)?|EPA|UPI|NPR|Staff|Pool|"
    r"POOL|Rex|Shutterstock|Bloomberg|TASS|PA|Corbis|Alamy|Dreamstime|iStock|Flickr|Wikimedia|"
    r"Zuma|WireImage|Pixabay|POLITICO|The [A-Z]\w+(?: [A-Z]\w+)?)"
)
_DATE_WORD = (
    r"(?:\d+(?:st|nd|rd|th)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?:mon|tues|wednes|"
    r"thurs|fri|satur|sun)day|mon|tue|tues|wed|thu|thurs|fri|sat|sun|updated?|published|posted|"
    r"modified|created|last|first|on|at|am|pm|a|p|m|et|est|edt|ct|cst|cdt|pt|pst|pdt|mt|gmt|bst|"
    r"utc|ist|cet|noon|midnight|ago|hours?|minutes?|mins?|days?)"
)
DATES = rf"(?i)^[\W_]*(?:{_DATE_WORD}\b[\W_]*)+$"
PROFESSION = (
    r"\b(?:editor|correspondent|columnist|reporter|writer|fellow|professor|contributor|author|"
    r"director|host|analyst|attorney|journalist|historian|commentator|producer|founder)"
)
OWN_VIEWS = (
    r"(?i)\b(?:own|solely|alone|not necessarily|hers|his|theirs|of the authors?|"
    r"(?:do|does) not (?:represent|reflect)|not the views)\b"
)

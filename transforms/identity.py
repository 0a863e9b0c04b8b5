"""What makes two records one article."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urlsplit

from schemas.records import make_id

MAX_URL_CHARACTERS = 4_096

_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid",
        "ttclid", "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc",
        "_hsmi", "hsctatracking", "oly_enc_id", "oly_anon_id", "vero_id", "wickedid", "s_cid",
        "icid", "intcmp", "ncid", "cmpid", "ref_src", "ref_url", "mtrref", "clicksource",
        "wt.nav", "wt.mc_id", "smid", "smtyp", "smprod", "spot_im_reply_id",
        "spot_im_highlight_immediate", "phpsessid", "jsessionid", "cndid",
    }
)  # fmt: skip
"""Parameters that say where a reader came from. Only names that cannot mean anything else:
``ref``, ``source``, ``id`` and ``p`` name an article on some sites. To lose an article is worse
than to miss a copy, which is found by its text anyway."""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_AMP = re.compile(r"(/[^/]*[-\d][^/]*)/amp$", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str | None:
    """Return the form in which two spellings of one address agree, or None for no web address.

    Scheme, host case, ``www.``, default port, user name, fragment, tracking parameters, the
    order of parameters, needless escapes, ``/amp`` after a slug, and a last slash do not count.
    """
    parts = _split(url)
    if parts is None:
        return None
    address = f"https://{host_of(url)}{_port(parts)}{_path(parts.path)}"
    query = _query(parts.query)
    # Routes behind the fragment name the page; plain anchors do not.
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{address}?{query}{route}" if query else f"{address}{route}"


def host_of(url: str) -> str | None:
    """Return the host in lower case without ``www.``, or None for no web address."""
    parts = _split(url)
    host = (parts.hostname or "") if parts else ""
    host = host.rstrip(".").lower()
    bare = host.removeprefix("www.")
    return (bare if "." in bare else host) or None


def article_id(
    canonical: str | None, source: str | None, source_id: str | None, content: str
) -> str:
    """Return the id: by the address, else by source and its id, else by the ``content``.

    The address of a front page names no article. ``content`` is title and text; how it is
    broken into lines does not count.
    """
    if canonical and not _is_front_page(canonical):
        return make_id("a", "url", canonical)
    if source_id:
        return make_id("a", "id", source or "", source_id)
    return make_id("a", "text", " ".join(content.split()))


def _is_front_page(canonical: str) -> bool:
    return canonical.count("/") == 3 and canonical.endswith("/")


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL_CHARACTERS:
        return None
    try:
        parts = urlsplit(url.strip())
        valid = parts.scheme in _PORTS and parts.hostname and (parts.port or 1)
    except ValueError:
        return None
    return parts if valid else None


def _port(parts: SplitResult) -> str:
    return "" if parts.port in (None, *_PORTS.values()) else f":{parts.port}"


def _path(path: str) -> str:
    path = _AMP.sub(r"\1", _escape(path).rstrip("/"))
    return path or "/"


def _query(query: str) -> str:
    return "&".join(sorted(_escape(part) for part in query.split("&") if not _tracks(part)))


def _tracks(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    name = name.lower()
    amp = name == "amp" and value in {"", "1", "true"}
    return not parameter or amp or name.startswith("utm_") or name in _TRACKING


def _escape(text: str) -> str:
    def tidy(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(tidy, quote(text, safe="/%:=&;,+$!*'()@~[]?|", errors="replace"))

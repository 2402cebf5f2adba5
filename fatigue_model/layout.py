"""Which lines of a message are the customer's own: no quote, header, signature or log; prose is read also where it looks like one."""

from __future__ import annotations

import re
from itertools import zip_longest

from fatigue_model.words import listed

QUOTED = re.compile(r"\s*>(?![:;.=]?['-]?[()<|/\[])")  # but no angry face
_WRAPPED = re.compile(r"^(\s*on\b[^\n]{4,150})\n([^\n]{0,100}\b(?:wrote|writes):)", re.IGNORECASE | re.MULTILINE)
_ATTRIBUTION = re.compile(
    r"\s*(?:on\b.{4,250}\b(?:wrote|writes):|am\b.{4,250}\bschrieb\b.{0,120}:|le\b.{4,250}\ba écrit ?:|el\b.{4,250}\bescribió:"
    r"|il\b.{4,250}\bha scritto:|op\b.{4,250}\bschreef\b.{0,120}:)\s*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(r"\s*(?:-{2,}\s*(?:original|forwarded) message|begin forwarded message)", re.IGNORECASE)
_RULE = re.compile(r"\s*[_=-]{5,}\s*$")
_FROM = re.compile(r"\s*\*?(?:from|von|de|da|van):", re.IGNORECASE)
_HEADER = re.compile(
    r"\s*\*?(?:from|sent|to|cc|date|reply-to|(?:first |last |full )?name|e-?mail(?: address)?|phone(?: number)?|tel|company|"
    r"(?:customer|order|account|ticket|case|invoice)(?: ?(?:no\.?|number|id))?|product|category|priority|url)\*?\s*:",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\s*\*?(?:subject|message|comments?|description|details|body|question|enquiry|inquiry|feedback|your message)\*?\s*:", re.IGNORECASE
)
_SIGN_OFF = re.compile(
    r"\s*(?:(?:best|kind|kindest|warm|with kind|with best|many)? ?(?:regards|wishes)\W*$|(?:yours )?(?:sincerely|faithfully|truly)\W*$"
    r"|(?:cheers|br|thx|rgds)\W*$|sent from my\b|get outlook for\b)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s*--\s*$")
_POSTSCRIPT = re.compile(r"\s*p\.? ?(?:p\.? ?)?s\b", re.IGNORECASE)
_SMALL_PRINT = re.compile(
    r"confidential|intended (?:recipient|only)|privileged|unsubscribe|disclaimer|registered (?:in|office)", re.IGNORECASE
)

_LEVEL = r"(?:error|warn(?:ing)?|info|debug|fatal|trace|critical|notice|panic|severe|log|detail|hint|statement)"
_STAMP = re.compile(
    rf"\s*(?:\[?\d{{4}}-\d\d-\d\d(?:[ T]\d\d:\d\d[\d:.,Z+]*)?\]?|\[?\d\d[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?(?: ?[ap]m)?\]?(?=[\s\]])|"
    rf"(?:[A-Z][a-z]{{2}},? +)?[A-Z][a-z]{{2}} +\d{{1,2}} \d\d:\d\d:\d\d(?: \d{{4}})?|"
    rf"\[\d\d/\w+/\d{{4}}[^\]]*\])\s*(?:\[?{_LEVEL}\b\]?:?)?|"
    rf"\s*\[?{_LEVEL}\]?\s*[:\]|]|\s*[$#%]{{1,3}} ",
    re.IGNORECASE,
)
_LOG = re.compile(
    r"\s*(?:\\[tn])*(?:"
    r"(?:ERROR|FATAL|WARN|INFO|DEBUG|TRACE)\s|[EWIF]\d{4} |[A-Z]{2,6}-?\d{3,6}: |"  # levels, klog, error codes
    r"Traceback \(most recent|During handling of the above|File \"|Caused by:|\.{3} \d+ more|Stack trace:|note: run with |"
    r"at (?:async |new )?(?:[\w$<>`/-]+\.)+[\w$<>`]+(?:\(| \(|$)|at .{0,120}\(\S*:\d+\)|"
    r"at (?:async )?\S*[/\\]\S*:\d+|at <anonymous>|from \S+:\d+:in |"
    r"(?:\w+\.)*\w*(?:Error|Exception|Warning|Interrupt)(?:: |$)|Exception in thread |Unhandled |PHP \w+(?: error)?:|"
    r"(?:exit|return|status) (?:code|status)\b|goroutine \d+|thread '.*' panicked|\[signal |Segmentation fault|core dumped|"
    r"#\d+\s+(?:0x|/)|0x[0-9a-f]{6,}|\{.*\}\s*$|</?\w[^>]*>\s*$|\S*[\w/]+\.\w+:\d+(?::|\s|$)|\S+:\d+:in |[\w.*/]+\([^\s]*\)$|"
    r"[\w.-]+\[\d+\]:|kernel:|npm ERR!|[A-Z]:\\[^>]*>|\d{1,3}(?:\.\d{1,3}){3} - |"
    r"(?:select|insert|update|delete|create|alter)\b.+;\s*$"
    r")"
)
_OF_DESK = re.compile(r"\W*(?:\w+ )?(?:agent|support|bot|chatbot|operator|system|advisor|assistant)\b[^:]{0,20}:", re.IGNORECASE)
_PROSE = re.compile(r"(?<![\w./'\"_-])(?:I|i(?=['’ ](?!in\b|=)[a-z])|(?i:you|your|you're|ur|we|my|our|me|us))(?![\w./(=:-])")
_ASKING = re.compile(r"\b(?:please|thanks|thank|hello|hi|why|how|anyone|someone|anybody|nobody|still)\b|[?!]\s*$", re.IGNORECASE)

CODE = "\x01"  # stands for a fenced block of code

# By which a line may be something else than prose: all that is looked for at its beginning.
_MARKED = re.compile(
    "|".join(
        f"(?{'i' if each.flags & re.IGNORECASE else ''}:{each.pattern})"
        for each in (QUOTED, _ATTRIBUTION, _DIVIDER, _RULE, _FROM, _SIGNATURE, _SIGN_OFF, _FIELD, _HEADER, _STAMP, _LOG)
    )
    + f"|{CODE}"
)

# What a line of ASCII that `_MARKED` finds has where it begins with a letter: such a word at the beginning, or one of these signs.
_OPENING = re.compile(r"\s*([A-Za-z]+)(?![A-Za-z\d])")
_OPENINGS = frozenset(
    listed("""
    at, begin, best, bestregards, bestwishes, br, cheers, core, debug, during, error, exception, exit, fatal, file, get, goroutine, info,
    kind, kindest, kindestregards, kindestwishes, kindregards, kindwishes, many, manyregards, manywishes, npm, regards, return, rgds,
    segmentation, sent, sincerely, faithfully, status, thread, thx, trace, traceback, truly, unhandled, warm, warmregards, warmwishes,
    warn, wishes, with, yours
    """)
)
_SIGNS = (":", ")", "]", "|", ";", "Error", "Exception", "Warning", "Interrupt")


def _may_be_marked(line: str) -> bool:
    """Whether `_MARKED` must be asked: most lines are told to be prose more quickly."""
    opening = _OPENING.match(line)
    return opening is None or not line.isascii() or opening[1].lower() in _OPENINGS or any(map(line.__contains__, _SIGNS))


def unquoted(text: str) -> str:
    """The lines that no mark says to be quoted, whatever else they are."""
    return "\n".join(each for each in text.splitlines() if not QUOTED.match(each))


def own_lines(text: str) -> tuple[list[str], str | None]:
    """The lines that are the customer's own, and what the first one dropped was: quoted_reply, signature or log_dump."""
    lines = [each for each in (_WRAPPED.sub(r"\1 \2", text) if "wrote" in text else text).splitlines() if each.strip()]
    kept, dropped = list[str](), list[str]()
    signed = ""
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        marked = _MARKED.match(line) if _may_be_marked(line) else None
        if marked and _quote_begins(line, below, bool(kept)):
            dropped.append("quoted_reply")
            if not QUOTED.match(below):
                break
            continue
        signed = "signature" if marked and _SIGNATURE.match(line) else "sign-off" if marked and _SIGN_OFF.match(line) else signed
        own, other = ("", "signature") if signed and not _after_signing(line, signed) else _own(line) if marked else (line, None)
        if own:
            kept.append(own)
        elif other:
            dropped.append(other)
    if dropped.count("log_dump") >= len(kept):
        kept = [each for each in kept if _PROSE.search(each) or _ASKING.search(each)] if "log_dump" in dropped else kept
    return kept, next(iter(dropped), None)


def _quote_begins(line: str, below: str, spoken: bool) -> bool:
    """Whether what follows is someone else's, as far as it is marked or to the end; `spoken`: there are own words above."""
    if _ATTRIBUTION.match(line) or _DIVIDER.match(line):
        return True
    if _RULE.match(line):
        return bool(_FROM.match(below))
    return spoken and bool(_FROM.match(line)) and ("@" in line or bool(_HEADER.match(below) or _FIELD.match(below)))


def _after_signing(line: str, signed: str) -> bool:
    """Whether a line below the signature goes on talking."""
    sentence = signed == "sign-off" and len(line.split()) > 4 and _PROSE.search(line) and not _SMALL_PRINT.search(line)
    return bool(_POSTSCRIPT.match(line) or sentence)


def _own(line: str) -> tuple[str, str | None]:
    """What of a line is the customer's own; where nothing is, what it is instead."""
    if QUOTED.match(line):
        return "", "quoted_reply"
    if line == CODE:
        return "", "log_dump"
    field = _FIELD.match(line)
    if field:
        return line[field.end() :], None
    if _HEADER.match(line) and not _PROSE.search(line):
        return "", "quoted_reply"
    stamp = _STAMP.match(line)
    if not stamp and not _LOG.match(line):
        return ("", None) if _RULE.match(line) else (line, None)
    said = line[stamp.end() :] if stamp else line
    if _PROSE.search(said) and not _OF_DESK.match(said):
        return said, None
    return "", "log_dump"

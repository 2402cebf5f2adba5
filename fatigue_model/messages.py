"""What of a message is the customer's own words, without quotes, signatures, logs and code; and whether they can be judged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fatigue_model.words import ENGLISH, FOREIGN

READ_CHARACTERS = 4000  # of a message; whoever is angry says so before that
READ_LINES = 200
PROPER_ASCII = 0.8  # share of letters that are ASCII, under which a text is in another script
SHORT_WORDS = 4  # a text this short is English unless something says otherwise
CLEARLY = 2  # function words of another language that no slip of the pen explains

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\u200b": None, "\ufeff": None, "\x00": " "})
_QUOTE_BEGINS = re.compile(
    r"^\s*(?:on\b.{4,200}\bwrote:|-{2,}\s*(?:original|forwarded) message|_{8,}\s*$|from:\s.+|sent:\s.+|begin forwarded message)",
    re.IGNORECASE,
)
_SIGNATURE_BEGINS = re.compile(
    r"^\s*(?:--\s*$|(?:best|kind|warm|with kind|with best|many)? ?(?:regards|wishes)\W*$|(?:yours )?(?:sincerely|faithfully|truly)\W*$"
    r"|(?:cheers|br|thx|rgds)\W*$|sent from my\b|get outlook for\b)",
    re.IGNORECASE,
)
_LOG_LINE = re.compile(
    r"^\s*(?:"
    r"\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d |\d\d:\d\d:\d\d[.,]\d|"  # a time stamp
    r"\[?(?:error|warn(?:ing)?|info|debug|fatal|trace|critical|notice|panic|severe|log|detail|hint|statement)\]?\s*[:\]|\d]|"  # a level
    r"[EWIF]\d{4} |"  # klog
    r"Traceback \(most recent|During handling of the above|File \"|at [\w$.<>/]+[(:]|at async |Caused by:|\.{3} \d+ more|"
    r"(?:\w+\.)*\w*(?:Error|Exception|Warning|Interrupt)(?:: |$)|"
    r"(?:exit|return|status) (?:code|status)\b|goroutine \d+|Segmentation fault|core dumped|#\d+\s+0x|0x[0-9a-f]{6,}|"
    r"[$#>%]{1,3} |\{.*\}\s*$|</?\w[^>]*>\s*$|[\w./-]+:\d+:\d+:|"
    r"[\w.-]+\[\d+\]:|kernel:|npm ERR!|(?:select|insert|update|delete|create|alter)\b.+;\s*$"
    r")"
)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ADDRESSES = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|(?:/[\w.-]+){2,}|\b[A-Za-z]:\\\S+|\b(?![A-Za-z]+[013457][A-Za-z]+\b)\S*\d\S*\b"
)
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Own:
    """The customer's own words, and why they can't be judged: None where they can."""

    text: str
    reason: str | None = None


def own_words(message: str) -> Own:
    """What the customer wrote themselves. Reasons: empty, quoted_reply, signature, log_dump, no_words, other_language.

    The first 4,000 characters are read.
    """
    text = _CODE.sub("\n\x01\n", message[:READ_CHARACTERS]).translate(_APOSTROPHES)
    if not text.strip():
        return Own("", "empty")
    kept, dropped = _own_lines(text)
    words = _ADDRESSES.sub(" ", "\n".join(kept)).strip()
    if not WORD.search(words):
        return Own("", dropped or "no_words")
    return Own(words, _other_language(words))


def _own_lines(text: str) -> tuple[list[str], str | None]:
    """The lines that are the customer's own, and what the first one dropped was."""
    kept, dropped = list[str](), list[str]()
    for line in text.splitlines()[:READ_LINES]:
        if _QUOTE_BEGINS.match(line):
            dropped.append("quoted_reply")
            break
        if _SIGNATURE_BEGINS.match(line):
            dropped.append("signature")
            break
        if line.lstrip().startswith((">", "|")):
            dropped.append("quoted_reply")
        elif line == "\x01" or _LOG_LINE.match(line):
            dropped.append("log_dump")
        elif line.strip():
            kept.append(line)
    return kept, next(iter(dropped), None)


def _other_language(text: str) -> str | None:
    words = [each.lower() for each in WORD.findall(text)]
    letters = "".join(words)
    if sum(each.isascii() for each in letters) < PROPER_ASCII * len(letters):
        return "other_language"
    foreign, english = (sum(each in known for each in words) for known in (FOREIGN, ENGLISH))
    clear = foreign >= CLEARLY or foreign * 3 >= len(words)
    if clear and (foreign > english or (foreign == english and len(words) > SHORT_WORDS)):
        return "other_language"
    return None

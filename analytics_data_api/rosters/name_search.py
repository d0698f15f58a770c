"""Compare texts in a search for learners: the terms that find a learner, and the spans of a text that match.

The load writes the terms into a table and the search looks them up there, so both fold texts with the same functions,
which remove case and accents.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_TERM_LENGTH = 255

# Letters that people type without the accent, although Unicode does not decompose them.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
    | {"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u2013": "-"}
)

# Chinese, Japanese and Korean write words without spaces.
CJK = (
    "\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3105-\u312f\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# The voicing marks of Japanese in their half-width form.
HALF_WIDTH_MARKS = "\uff9e\uff9f"
CJK_RUN = re.compile(f"[{CJK}\u3099\u309a]+")
ASCII_WORD = re.compile(r"[a-z0-9]+")
SPACELESS = re.compile(r"\S+")
# People join the parts of a username by these signs, and make it unique with digits.
HANDLE_PIECE = re.compile(r"[^.\-_+0-9\s]+")

Span = tuple[int, int]


def is_accent(character: str) -> bool:
    """Return True if a combining mark only modifies its letter, as Latin, Greek, Hebrew and Arabic marks do.

    The voicing marks of Japanese, the nukta, virama and vowel signs of Indian scripts and the tones of Thai make other
    letters, so folding keeps them.
    """
    combining = unicodedata.combining(character)
    return combining >= 200 or 10 <= combining <= 36


def extends_cluster(character: str) -> bool:
    """Return True if a character belongs to the letter before it: a mark, or a later part of a Korean syllable."""
    is_mark = unicodedata.category(character)[0] == "M" or character in HALF_WIDTH_MARKS
    return is_mark or "\u1160" <= character <= "\u11ff"


@lru_cache(maxsize=65536)
def fold_cluster(cluster: str) -> str:
    """Return a letter with its marks, but without case, accents and invisible characters."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", cluster).casefold())
    text = "".join(c for c in text if not is_accent(c) and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", text.translate(PLAIN_LETTERS))


def clusters(text: str) -> Iterator[Span]:
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not extends_cluster(text[index]):
            yield start, index
            start = index


def fold(text: str) -> str:
    """Return a text without case and accents."""
    if text.isascii():
        return text.lower()
    return "".join(fold_cluster(text[start:end]) for start, end in clusters(text))


def fold_with_origins(text: str) -> tuple[str, list[Span]]:
    """Return a folded text and, for each of its characters, the span of the original that it comes from."""
    folded: list[str] = []
    origins: list[Span] = []
    for start, end in clusters(text):
        piece = fold_cluster(text[start:end])
        folded.append(piece)
        origins.extend([(start, end)] * len(piece))
    return "".join(folded), origins


def is_word_character(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def inner_words(folded: str) -> Iterator[Span]:
    """Yield the runs of letters and digits, such as ``jean`` and ``luc`` in ``jean-luc``."""
    if folded.isascii():
        for match in ASCII_WORD.finditer(folded):
            yield match.span()
        return
    start = None
    for index, character in enumerate(folded):
        if is_word_character(character):
            start = index if start is None else start
        elif start is not None:
            yield start, index
            start = None
    if start is not None:
        yield start, len(folded)


def words(folded: str) -> Iterator[Span]:
    """Yield the words of a name: between spaces, then without the punctuation around them, then their inner words."""
    for match in SPACELESS.finditer(folded):
        start, end = match.span()
        yield start, end
        inner = [(start + first, start + last) for first, last in inner_words(match[0])]
        if inner:
            around = (inner[0][0], inner[-1][1])
            if around != (start, end):
                yield around
            if len(inner) > 1:
                yield from inner


def handle_pieces(folded: str) -> Iterator[Span]:
    """Yield the pieces of a username or of an email address before the @: ``wei`` and ``li`` of ``wei-li_77``."""
    for match in HANDLE_PIECE.finditer(folded):
        yield match.span()


def terms_of(*, name: str | None, username: str, email: str | None) -> set[str]:
    """Return every term that finds a learner. A CJK run has a term for each of its ends, so that any part finds it."""
    folded = fold(username)
    terms = {folded, *(folded[start:end] for start, end in handle_pieces(folded))}
    if name:
        folded = fold(name)
        terms.update(folded[start:end] for start, end in words(folded))
        if not folded.isascii():
            for run in CJK_RUN.finditer(folded):
                terms.update(folded[start : run.end()] for start in range(run.start(), run.end()))
    if email:
        folded = fold(email)
        local = folded.rpartition("@")[0]
        terms |= {folded, local, *(local[start:end] for start, end in handle_pieces(local))}
    return {term[:MAX_TERM_LENGTH] for term in terms if term}


@dataclass(frozen=True)
class Search:
    """A search for learners with any of the exact terms, or with a term that begins with one of the prefixes."""

    exact: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    def by_beginnings(self) -> "Search":
        """Return the search in which every term is a prefix."""
        return Search(prefixes=tuple(dict.fromkeys((*self.prefixes, *self.exact))))


def parse_search(text: str) -> Search:
    """Parse a text of several terms. A term that ends with ``*`` is a prefix, and so is a term in CJK."""
    exact: dict[str, None] = {}
    prefixes: dict[str, None] = {}
    for word in text.split():
        folded = fold(word.rstrip("*"))
        inner = list(inner_words(folded))
        stripped = folded[inner[0][0] : inner[-1][1]] if inner else ""
        is_prefix = word.endswith("*") or CJK_RUN.fullmatch(folded)
        for term in filter(None, (folded, stripped)):
            (prefixes if is_prefix else exact)[term[:MAX_TERM_LENGTH]] = None
    # An unescaped + of an email address arrives as a space.
    if " " in text.strip() and text.count("@") == 1 and "@" in text.split()[-1]:
        exact[fold("+".join(text.split()))[:MAX_TERM_LENGTH]] = None
    return Search(tuple(exact), tuple(prefixes))


def matches(search: Search, *, name: str | None, username: str, email: str | None) -> dict[str, list[Span]]:
    """Return the spans of each field that a search matches, as [start, end) in code points of the original text."""
    return {
        "name": spans(search, name, is_name=True),
        "username": spans(search, username),
        "email": spans(search, email, is_email=True),
    }


def spans(search: Search, text: str | None, *, is_name: bool = False, is_email: bool = False) -> list[Span]:
    if not text:
        return []
    folded, origins = fold_with_origins(text)
    found = []
    for start, end in set(pieces(folded, is_name=is_name, is_email=is_email)):
        piece = folded[start:end][:MAX_TERM_LENGTH]
        if piece in search.exact:
            found.append((start, end))
        found += [(start, start + len(prefix)) for prefix in search.prefixes if piece.startswith(prefix)]
    return merged((origins[start][0], origins[end - 1][1]) for start, end in found)


def pieces(folded: str, *, is_name: bool, is_email: bool) -> Iterator[Span]:
    """Yield the parts of a field that a term can match."""
    if not is_name:
        local = folded.rindex("@") if is_email and "@" in folded else 0 if is_email else len(folded)
        yield 0, len(folded)
        yield 0, local
        yield from handle_pieces(folded[:local])
        return
    yield from words(folded)
    for run in CJK_RUN.finditer(folded):
        for start in range(run.start(), run.end()):
            yield start, run.end()


def merged(found: Iterator[Span]) -> list[Span]:
    """Return the spans in order, with overlapping and adjacent ones merged."""
    result: list[Span] = []
    for start, end in sorted(found):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result

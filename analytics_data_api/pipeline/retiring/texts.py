"""Replaces retired learners in texts and in JSON values. Codes, ids and course content stay, so that counts do."""

import re
from typing import Any
from urllib.parse import quote, unquote

from analytics_data_api.pipeline.retiring.addresses import shortened_addresses
from analytics_data_api.pipeline.retiring.hashes import WORD, Retired, folded, words_of

# A username, an email address or an id, perhaps percent-encoded.
TOKEN = re.compile(r"[\w.@+%'-]+")
AROUND = ".@+-'"
# So few characters stand between two words of a name.
LONGEST_GAP = 3
# Ids of users in query strings, paths, and JSON within texts.
ID_IN_TEXT = re.compile(
    r"""((?:user|student|learner|author|profile)s?_?(?:id|pk)?s?\\*["']?\s*[=:]\s*\[?\\*["']?"""
    r"""|/(?:progress|student_progress|users?|students?|accounts?)/)(\d{1,18})(?!\w)""",
    re.IGNORECASE,
)
USER_KEY = re.compile(
    r"(?:^|_)(?:user|username|student|learner|author|actor|member|owner|recipient|profile)s?(?:_?(?:id|pk|name)s?)?$",
    re.IGNORECASE,
)
NAME_KEY = re.compile(r"(?:^|_)(?:full_?|first_?|last_?|user_?)?name$", re.IGNORECASE)
ADDRESS_KEYS = frozenset(("ip", "ip_address", "client_ip", "remote_addr"))
# Codes, ids and course content: a learner with the username "correct" changes nothing here.
CONTENT_KEYS = frozenset(
    (
        *("code", "commentable_id", "correctness", "course_id", "display_name", "group_label", "id", "input_type"),
        *("mode", "module_id", "org_id", "problem_id", "question", "response_type", "saved_tags", "seed", "success"),
        *("usage_key", "variant"),
    )
)
# Texts that learners typed, and codes of choices.
TYPED_KEYS = frozenset(("answers", "submission", "correct_map", "state"))
# Statements look for these keys, whatever a learner is called.
READ_KEYS = frozenset(
    (
        *(*CONTENT_KEYS, *TYPED_KEYS, "answer", "asides", "attempts", "context", "correct", "currentTime", "duration"),
        *(
            "event",
            "GET",
            "grade",
            "max_grade",
            "module",
            "name",
            "new_time",
            "old_time",
            "POST",
            "tagging_aside",
            "type",
        ),
    )
)
# Parts of the LMS's URLs. A learner with such a username is replaced where a field is a user's, and not in texts.
PATH_WORDS = frozenset(
    (
        *("about", "account", "accounts", "api", "asset", "block", "blocks", "certificates", "content", "course"),
        *(
            "courses",
            "courseware",
            "dashboard",
            "discussion",
            "enrollment",
            "event",
            "forum",
            "grades",
            "handler",
            "home",
        ),
        *("info", "instructor", "learner", "learning", "list", "login", "logout", "mobile", "notes", "preferences"),
        *("problem", "profile", "progress", "search", "server", "static", "student", "support", "teams", "u", "user"),
        *("users", "v0", "v1", "v2", "wiki", "xblock"),
    )
)
# Bytes of UTF-8 that may stand in a token. All others separate tokens.
TOKEN_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@+%'-") | frozenset(
    range(128, 256)
)
SEPARATED = bytes(byte if byte in TOKEN_BYTES else 32 for byte in range(256))
# JSON's escapes would glue to the words that follow them.
SPACE_ESCAPES = (b"\\n", b"\\t", b"\\r", b"\\b", b"\\f")
UNICODE_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
DECIMAL = re.compile(rb"[0-9]+\.[0-9]+")
LARGEST_MEMORY = 200_000


class Replacer:
    """Replaces the retired learners in texts."""

    def __init__(self, retired: Retired) -> None:
        self.retired = retired
        # Tokens that are known to be of nobody retired.
        self.clean: set[bytes] = set()

    def concerns(self, text: str) -> bool:
        """Return False if a text names no retired learner."""
        return self.may_name(text.encode())

    def may_name(self, text: bytes) -> bool:
        """Return False if a text, which may be JSON, names no retired learner. Every line of a log passes this check."""
        if b"\\" in text:
            text = UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)).encode(errors="replace"), text)
            for escape in SPACE_ESCAPES:
                text = text.replace(escape, b" ")
        if len(self.clean) > LARGEST_MEMORY:
            self.clean.clear()
        for token in set(text.translate(SEPARATED).split()) - self.clean:
            if self.may_be_retired(token):
                return True
            self.clean.add(token)
        return False

    def may_be_retired(self, data: bytes) -> bool:
        if DECIMAL.fullmatch(data):
            return False
        retired, token = self.retired, data.decode(errors="replace")
        parts = {token, token.strip(AROUND), *(() if data.isascii() else TOKEN.findall(token))}
        if any(map(retired.has_token, parts)):
            return True
        if retired.first_words and any(retired.lengths_of_names(folded(word)) for word in WORD.findall(token)):
            return True
        decoded = unquote(token) if "%" in token else token
        return decoded != token and self.concerns(decoded)

    def text(self, text: str, *, usernames: bool = True) -> str:
        """Return a text without retired learners. Usernames stay if they could be ordinary words."""

        # Longer matches first: an address may contain the name, and the name the username.
        if "@" in text or "%" in text:
            text = TOKEN.sub(lambda match: self.token(match[0], usernames=False), text)
        if self.retired.first_words:
            text = self.without_names(text)
        if usernames:
            text = TOKEN.sub(lambda match: self.token(match[0], usernames=True), text)
        return ID_IN_TEXT.sub(lambda match: match[1] + (self.retired.user_id(match[2]) or match[2]), text)

    def token(self, token: str, *, usernames: bool) -> str:
        stripped = token.strip(AROUND)
        for part in dict.fromkeys((token, stripped)):
            pseudonym = (usernames and part not in PATH_WORDS and self.retired.username(part)) or self.retired.email(
                part
            )
            if pseudonym:
                return token.replace(part, pseudonym)
        if "%" in token and (decoded := unquote(token)) != token:
            replaced = self.text(decoded, usernames=usernames)
            return token if replaced == decoded else quote(replaced, safe="")
        return token

    def without_names(self, text: str) -> str:
        words = list(WORD.finditer(text))
        pieces, end, place = [], 0, 0
        while place < len(words):
            for length in self.retired.lengths_of_names(folded(words[place][0])):
                name = words[place : place + length]
                gaps = (after.start() - before.end() for before, after in zip(name, name[1:], strict=False))
                pseudonym = self.retired.name(folded(word[0]) for word in name) if len(name) == length else None
                if pseudonym and max(gaps) <= LONGEST_GAP:
                    pieces += [text[end : name[0].start()], pseudonym]
                    end, place = name[-1].end(), place + length - 1
                    break
            place += 1
        return "".join((*pieces, text[end:]))

    def value(self, value: Any, *, own: bool, key: str = "", is_typed: bool = False) -> Any:
        """Return a JSON value without retired learners. ``own`` is true if it is of an event of theirs."""
        if key in CONTENT_KEYS:
            return value
        is_typed = is_typed or key in TYPED_KEYS
        if isinstance(value, dict):
            return {
                self.key(name): self.value(inner, own=own, key=name, is_typed=is_typed) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.value(inner, own=own, key=key, is_typed=is_typed) for inner in value]
        if isinstance(value, str):
            return self.string(value, own=own, key=key, is_typed=is_typed)
        return self.number(value, key)

    def key(self, name: str) -> str:
        return name if name in READ_KEYS or USER_KEY.search(name) else self.whole(name) or name

    def string(self, value: str, *, own: bool, key: str, is_typed: bool) -> str:
        if USER_KEY.search(key) and (found := self.whole(value.strip()) or self.retired.user_id(value.strip())):
            return found
        if NAME_KEY.search(key) and (pseudonym := self.retired.name(words_of(value))):
            return pseudonym
        if own and key in ADDRESS_KEYS:
            return shortened_addresses(value)
        return self.text(value, usernames=own or not is_typed or is_sentence(value))

    def number(self, value: Any, key: str) -> Any:
        is_whole = type(value) is int or (type(value) is float and value.is_integer())
        if not is_whole or not USER_KEY.search(key):
            return value
        number = self.retired.user_id(str(int(value)))
        return value if number is None else int(number)

    def whole(self, text: str) -> str | None:
        """Return the pseudonym if a text as a whole is a username or an email address."""
        return self.retired.username(text) or self.retired.email(text)


def is_sentence(text: str) -> bool:
    """Return True if a typed text is more than a word. A single word may be the code of a choice, or what others typed."""
    return " " in text.strip()

"""Whom loads replace: keyed hashes of retired learners' usernames, ids, email addresses and names, with their pseudonyms.

The hashes and their key are files of the store's state. The key is not SECRET_KEY, which an operator may change at any time.
"""

import hmac
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

from analytics_data_api.pipeline.store import StoreError

HASHES, KEY = "retired.json", "retired.key"
WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 16)
def keyed_hash(key: bytes, kind: str, text: str) -> str:
    return hmac.digest(key, f"{kind}\0{text}".encode(errors="surrogatepass"), "sha256").hex()


def hash_of_token(key: bytes, token: str) -> str:
    return hmac.digest(key, token.encode(errors="surrogatepass"), "sha256").hex()


def folded(text: str) -> str:
    """Return a text without differences of case and of composition."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def words_of(name: str) -> list[str]:
    return WORD.findall(folded(name))


@dataclass
class Retired:
    """The hashes of all retired learners. Each dictionary maps a hash to what takes the value's place."""

    key: bytes
    usernames: dict[str, str] = field(default_factory=dict)
    user_ids: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    # Names as folded words. Those of several words are looked for in texts, from their first word on.
    names: dict[str, str] = field(default_factory=dict)
    first_words: dict[str, list[int]] = field(default_factory=dict)
    # Hashes of all usernames, ids and email addresses without their kind, so that a token is hashed once.
    tokens: dict[str, bool] = field(default_factory=dict)

    def username(self, text: str) -> str | None:
        return self.usernames.get(keyed_hash(self.key, "username", text))

    def user_id(self, text: str) -> str | None:
        return self.user_ids.get(keyed_hash(self.key, "user_id", text))

    def email(self, text: str) -> str | None:
        return self.emails.get(keyed_hash(self.key, "email", folded(text)))

    def name(self, words: Iterable[str]) -> str | None:
        return self.names.get(keyed_hash(self.key, "name", " ".join(words)))

    def lengths_of_names(self, first_word: str) -> list[int]:
        """Return the numbers of words of the names that may begin with this folded word."""
        return self.first_words.get(keyed_hash(self.key, "word", first_word), [])

    def has_token(self, token: str) -> bool:
        # Most tokens occur once, so that no cache would have them.
        return hash_of_token(self.key, folded(token)) in self.tokens

    def add_username(self, username: str, pseudonym: str) -> None:
        self.usernames[keyed_hash(self.key, "username", username)] = pseudonym
        self.add_token(username)

    def add_user_id(self, user_id: str, number: str) -> None:
        self.user_ids[keyed_hash(self.key, "user_id", user_id)] = number
        self.add_token(user_id)

    def add_email(self, email: str, pseudonym: str) -> None:
        self.emails[keyed_hash(self.key, "email", folded(email))] = pseudonym
        self.add_token(email)

    def add_name(self, name: str, pseudonym: str) -> None:
        words = words_of(name)
        if not words:
            return
        self.names[keyed_hash(self.key, "name", " ".join(words))] = pseudonym
        if len(words) > 1:
            lengths = self.first_words.setdefault(keyed_hash(self.key, "word", words[0]), [])
            lengths[:] = sorted({*lengths, len(words)}, reverse=True)

    def add_token(self, token: str) -> None:
        self.tokens[hash_of_token(self.key, folded(token))] = True

    def write(self, state: Path) -> None:
        content = asdict(self)
        del content["key"]
        write_private(state / HASHES, json.dumps(content))


@dataclass(frozen=True)
class RetiredVersion:
    """A state of the hashes, which a worker process reads once: their folder and when they were written."""

    state: Path
    written: int


def retired_version(state: Path) -> RetiredVersion | None:
    """Return the version of a store's hashes, or None if nobody is retired. Raise StoreError if they cannot be read."""
    if read_retired(state) is None:
        return None
    return RetiredVersion(state, (state / HASHES).stat().st_mtime_ns)


def read_retired(state: Path) -> Retired | None:
    """Return the hashes of a store's retired learners, or None if there are none."""
    try:
        content = json.loads((state / HASHES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        key = bytes.fromhex((state / KEY).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{state / KEY}, the key by which loads recognize retired learners, cannot be read: restore it from a backup"
        ) from error
    return Retired(key, **content)


def new_or_read_retired(state: Path) -> Retired:
    """Return the hashes of a store's retired learners. Make their key if there is none yet."""
    retired = read_retired(state)
    if retired is None:
        key = secrets.token_bytes(32)
        write_private(state / KEY, key.hex())
        retired = Retired(key)
    return retired


def write_private(path: Path, text: str) -> None:
    """Replace a file that only this user may read."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)

"""The texts that a column can store and tell apart, if a pipeline created it with its own character set or collation.

MySQL refuses a list of texts if the column's character set lacks one of them. The table cannot have such a text, so
it can be left out of the list.
"""

from collections.abc import Collection
from functools import cache

from django.db import connections
from django.db.models import QuerySet

# Python's codecs for MySQL's character sets. The others are Unicode or have nearly all of its characters.
CODECS = {
    **{name: name for name in ("ascii", "big5", "cp1250", "cp1251", "cp1256", "cp1257", "cp932", "gb2312", "gbk")},
    **{"euckr": "euc_kr", "koi8r": "koi8_r", "koi8u": "koi8_u", "sjis": "shift_jis", "ujis": "euc_jp"},
    **{"greek": "iso8859_7", "hebrew": "iso8859_8", "latin2": "iso8859_2", "latin5": "iso8859_9"},
    "latin7": "iso8859_13",
    # MySQL's latin1 is the extension that Windows uses.
    "latin1": "cp1252",
}


def storable(texts: Collection[str], rows: QuerySet, column: str) -> Collection[str]:
    """Return the texts that a column of the rows' table can store."""
    if connections[rows.db].vendor != "mysql" or all(map(str.isascii, texts)):
        return texts
    codec = CODECS.get(kind_of_text(rows.model._meta.db_table, column, rows.db)[0])
    return texts if codec is None else [text for text in texts if is_encodable(text, codec)]


def is_encodable(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def tells_apart(rows: QuerySet, column: str) -> bool:
    """Return True if only identical texts of a column are equal, as in the tables that our migrations create."""
    if connections[rows.db].vendor != "mysql":
        return True
    _character_set, collation = kind_of_text(rows.model._meta.db_table, column, rows.db)
    return collation.endswith(("_nopad_bin", "_0900_bin"))


@cache
def kind_of_text(table: str, column: str, using: str) -> tuple[str, str]:
    """Return the names of a column's character set and collation."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT character_set_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            [table, column],
        )
        character_set, collation = cursor.fetchone() or (None, None)
    return character_set or "", collation or ""

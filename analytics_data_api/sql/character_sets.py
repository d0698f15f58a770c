"""Which texts a column can hold and tell apart, where a pipeline made it with a character set or a collation of its own.

MySQL refuses to look for a list of texts with one among them that the column's character set lacks. Such a text is not
in the table, so that it can be left out of the list.
"""

from collections.abc import Collection
from functools import cache

from django.db import connections
from django.db.models import QuerySet

# Python's names of MySQL's character sets. All others are Unicode, or have its characters nearly all.
CODECS = {
    "ascii": "ascii",
    "big5": "big5",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "cp932": "cp932",
    "euckr": "euc_kr",
    "gb2312": "gb2312",
    "gbk": "gbk",
    "greek": "iso8859_7",
    "hebrew": "iso8859_8",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    # What MySQL calls so is Windows' extension of it.
    "latin1": "cp1252",
    "latin2": "iso8859_2",
    "latin5": "iso8859_9",
    "latin7": "iso8859_13",
    "sjis": "shift_jis",
    "ujis": "euc_jp",
}


def storable(texts: Collection[str], rows: QuerySet, column: str) -> Collection[str]:
    """Those of the texts that a column of the rows' table can hold."""
    if connections[rows.db].vendor != "mysql" or all(map(str.isascii, texts)):
        return texts
    codec = codec_of(rows.model._meta.db_table, column, rows.db)
    return texts if codec is None else [text for text in texts if is_encodable(text, codec)]


def is_encodable(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def codec_of(table: str, column: str, using: str) -> str | None:
    """The codec of a column's character set. None where that is Unicode."""
    return CODECS.get(kind_of_text(table, column, using)[0])


def tells_apart(rows: QuerySet, column: str) -> bool:
    """Whether texts of a column of the rows' table are equal only where they are the same, as the columns that we make."""
    if connections[rows.db].vendor != "mysql":
        return True
    _character_set, collation = kind_of_text(rows.model._meta.db_table, column, rows.db)
    return collation.endswith(("_nopad_bin", "_0900_bin"))


@cache
def kind_of_text(table: str, column: str, using: str) -> tuple[str, str]:
    """The names of a column's character set and collation."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT character_set_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = DATABASE() AND table_name = %s AND column_name = %s",
            [table, column],
        )
        character_set, collation = cursor.fetchone() or (None, None)
    return character_set or "", collation or ""

"""Comparison of texts in a search: folding, words, terms, and the spans that a search matches."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_data_api.rosters.name_search import (
    MAX_TERM_LENGTH,
    Search,
    fold,
    fold_with_origins,
    matches,
    parse_search,
    terms_of,
)


@pytest.mark.parametrize(
    "text, folded",
    [
        ("", ""),
        ("Ada", "ada"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("İSTANBUL", "istanbul"),
        ("ılık", "ilik"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("Đặng", "dang"),
        ("Nguyễn", "nguyen"),
        ("Þóra", "thora"),
        ("Æther Œuvre", "aether oeuvre"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("Αθηνά", "αθηνα"),
        ("Ёлка", "елка"),
        ("ﬁnance", "finance"),
        ("Ａｄａ", "ada"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("O’Brien", "o'brien"),
        ("Jean‑Luc", "jean-luc"),
        ("山田", "山田"),
        ("ｶﾞ", "ガ"),
        ("が", "が"),
        ("हिन्दी", "हिन्दी"),
        ("각", "각"),
        (unicodedata.normalize("NFD", "각"), "각"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    "name, terms",
    [
        ("Ada Lovelace", {"ada", "lovelace"}),
        ("  Ada   Lovelace ", {"ada", "lovelace"}),
        ("Jean-Luc O'Brien", {"jean-luc", "jean", "luc", "o'brien", "o", "brien"}),
        ("(Will) Smith, Jr.", {"(will)", "will", "smith,", "smith", "jr.", "jr"}),
        ("山田太郎", {"山田太郎", "田太郎", "太郎", "郎"}),
        ("李 明", {"李", "明"}),
        ("Kim 지훈", {"kim", "지훈", "훈"}),
        ("محمد علي", {"محمد", "علي"}),
        ("😀", {"😀"}),
        ("", set()),
        (None, set()),
    ],
)
def test_terms_of_a_name(name, terms):
    assert terms_of(name=name, username="u", email=None) == terms | {"u"}


@pytest.mark.parametrize(
    "email, terms",
    [
        ("Ada@Example.com", {"ada@example.com", "ada"}),
        ("ada.l+x@example.com", {"ada.l+x@example.com", "ada.l+x", "ada", "l", "x"}),
        ("a@b@c", {"a@b@c", "a@b"}),
        ("no address", {"no address"}),
        ("@", {"@"}),
        ("", set()),
        (None, set()),
    ],
)
def test_terms_of_an_email(email, terms):
    assert terms_of(name=None, username="u", email=email) == terms | {"u"}


def test_terms_are_cut_to_what_the_column_holds():
    terms = terms_of(name="ﷺ" * 255, username="u" * 255, email="ß" * 255)
    assert max(map(len, terms)) == MAX_TERM_LENGTH
    assert matches(parse_search("ß" * 255), name=None, username="u", email="ß" * 255)["email"]


@pytest.mark.parametrize(
    "text, search",
    [
        ("Ada", Search(("ada",))),
        (" Zoë  LI ", Search(("zoe", "li"))),
        ("arma*", Search((), ("arma",))),
        ("ARMÁ** li", Search(("li",), ("arma",))),
        ("山田", Search((), ("山田",))),
        ("(Will)", Search(("(will)", "will"))),
        ("O’Brien", Search(("o'brien",))),
        ("ada ada", Search(("ada",))),
        ("ada+x@b.org", Search(("ada+x@b.org",))),
        ("ada x@b.org", Search(("ada", "x@b.org", "ada+x@b.org"))),
        ("x@b.org ada", Search(("x@b.org", "ada"))),
        ("a@b.org c@d.org", Search(("a@b.org", "c@d.org"))),
        ("*", Search()),
        ("", Search()),
    ],
)
def test_parse_search(text, search):
    assert parse_search(text) == search


@pytest.mark.parametrize(
    "text, field, value, spans",
    [
        ("ada", "name", "Ada Lovelace Ada", [(0, 3), (13, 16)]),
        ("ada", "name", "Adam", []),
        ("ad*", "name", "Adam", [(0, 2)]),
        ("ad* ada*", "name", "Adam Ade", [(0, 3), (5, 7)]),
        ("zoe", "name", "Zoë", [(0, 3)]),
        ("zoe", "name", "Zoe\u0308 X", [(0, 4)]),
        ("zo*", "name", "Zoe\u0308", [(0, 2)]),
        ("strasse", "name", "Straße 1", [(0, 6)]),
        ("stras*", "name", "Straße", [(0, 5)]),
        ("luc", "name", "Jean-Luc", [(5, 8)]),
        ("jean-luc luc", "name", "Jean-Luc", [(0, 8)]),
        ("ﬁ*", "name", "ﬁnance", [(0, 1)]),
        ("li", "name", "😀 Li", [(2, 4)]),
        ("太", "name", "山田太郎", [(2, 3)]),
        ("田太", "name", "山田太郎", [(1, 3)]),
        ("علي", "name", "محمد علي", [(5, 8)]),
        ("ada", "username", "ADA", [(0, 3)]),
        ("ada", "username", "ada_l", [(0, 3)]),
        ("ada*", "username", "ada_l", [(0, 3)]),
        ("ada", "email", "Ada@example.com", [(0, 3)]),
        ("ada@example.com", "email", "Ada@example.com", [(0, 15)]),
        ("ada@*", "email", "Ada@example.com", [(0, 4)]),
        ("ada x@b.org", "email", "ada+x@b.org", [(0, 11)]),
        ("example.com", "email", "Ada@example.com", []),
        ("ada", "name", None, []),
        ("ada", "name", "", []),
    ],
)
def test_matches(text, field, value, spans):
    fields = {"name": None, "username": "-", "email": None, field: value}
    expected = {"name": [], "username": [], "email": [], field: spans}
    assert matches(parse_search(text), **fields) == expected


# Ordinary letters of names, and letters that fold in unusual ways.
LETTERS = st.sampled_from(
    [*"aZøŁßİıŉﬁ１-.'’() @+", "\u0301", "\u0327", *"ΣςЁ山田ｶﾞ각", "\u1100", "\u1161", "\u064b", "\u200d", "😀"]
)
NAMES = st.lists(LETTERS, max_size=12).map("".join) | st.text(max_size=12)
PROPERTY = settings(derandomize=True, max_examples=300, deadline=None)


@PROPERTY
@given(NAMES)
def test_folding_again_changes_nothing(name):
    assert fold(fold(name)) == fold(name)
    assert fold_with_origins(name)[0] == fold(name)


@PROPERTY
@given(NAMES, NAMES.filter(bool))
def test_every_word_of_a_name_finds_its_learner(name, username):
    """The terms in the table and the highlighted spans agree on who matches."""
    fields = {"name": name, "username": username, "email": f"{username}@example.com"}
    terms = terms_of(**fields)
    for word in name.split():
        search = parse_search(word)
        found = set(search.exact) & terms or any(term.startswith(search.prefixes) for term in terms)
        assert bool(found) == bool(search.exact or search.prefixes)
        assert bool(found) == any(matches(search, **fields).values())


@PROPERTY
@given(NAMES, NAMES)
def test_spans_lie_in_the_text_and_do_not_touch(name, searched):
    for spans in matches(parse_search(searched), name=name, username="u", email="u@example.com").values():
        assert all(start < end for start, end in spans)
        assert all(before[1] < after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert all(
        end <= len(name) for _start, end in matches(parse_search(searched), name=name, username="u", email=None)["name"]
    )


@PROPERTY
@given(NAMES, st.integers(1, 12))
def test_prefixes_of_words_find_them(name, length):
    for word in name.split():
        search = parse_search(f"{word[:length]}*")
        if word[:length].isascii() and word[:length].isalnum() and search.prefixes:
            assert matches(search, name=name, username="u", email=None)["name"]

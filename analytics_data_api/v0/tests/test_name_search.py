"""How texts are compared in a search: folding, words, terms, and which part of a field a search matched."""

import unicodedata

import pytest

from analytics_data_api.v0.name_search import MAX_TERM_LENGTH, Search, fold, matches, parse_search, terms_of


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
        ("ada.l+x@example.com", {"ada.l+x@example.com", "ada.l+x"}),
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
        ("ada", "username", "ada_l", []),
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

"""The learners that a search finds, which are the same on every database."""

from urllib.parse import quote

import pytest

from analytics_data_api.rosters import models as roster_models
from analytics_data_api.rosters import selection as rosters
from analytics_data_api.v0 import models
from tests.support.rosters import COURSE, load_learners
from tests.v0.views.test_learners import usernames

pytestmark = pytest.mark.django_db(databases="__all__")

LIST = "/api/v0/learners/"

PEOPLE = [
    ("zoe_k", "Zoë Kravitz", "zoe@example.com"),
    ("jli", "Li Jian", "jian.li@example.com"),
    ("wwu", "Wu Wei", None),
    ("will", "Will Smith", "wsmith@example.com"),
    ("the_one", "The One", "neo@example.com"),
    ("armadillo", "Dasypus", "dilly@example.com"),
    ("mrt", "Armand Roulin", "roulin@example.com"),
    ("obrien", "Jean-Luc O'Brien", "jl+courses@example.com"),
    ("plus", "Plus Address", "ada+x+y@example.org"),
    ("ada", "Ada Lovelace", "ada@example.org"),
    ("yamada", "山田太郎", "yt@example.jp"),
    ("suzuki", "スズキ 花子", "hs@example.jp"),
    ("jihun", "김지훈", "jihun@example.kr"),
    ("moh", "محمد علي", "moh@example.eg"),
    ("moh2", "مُحَمَّد حسن", None),
    ("dov", "דב לוי", "dov@example.il"),
    ("nguyen", "Nguyễn Thị Minh", "ntm@example.vn"),
    ("lodz", "Łukasz Żółć", "lz@example.pl"),
    ("strasse", "Jörg Straße", "JS@Example.DE"),
    ("emoji", "😀 Grin", "grin@example.com"),
    ("percent", "100% _Under_ \\slash\\", "p%@example.com"),
    ("quote", 'Robert"; DROP', "o'q@example.com"),
    ("Case", "UPPER lower", "MiXed@Example.com"),
    ("nobody1", None, None),
]

FOUND = {
    # case and accents
    "zoe": {"zoe_k"},
    "ZOË": {"zoe_k"},
    "zoë": {"zoe_k"},
    "Zoe\u0308": {"zoe_k"},
    "kravitz": {"zoe_k"},
    "nguyen": {"nguyen"},
    "Thi": {"nguyen"},
    "THỊ": {"nguyen"},
    "lukasz": {"lodz"},
    "zolc": {"lodz"},
    "strasse": {"strasse"},
    "STRASSE": {"strasse"},
    "jorg": {"strasse"},
    "upper": {"Case"},
    "case": {"Case"},
    "mixed@example.com": {"Case"},
    "js": {"strasse"},
    # names of two letters, and stop words of search engines
    "Li": {"jli"},
    "li": {"jli"},
    "wu": {"wwu"},
    "will": {"will"},
    "The": {"the_one"},
    "one": {"the_one"},
    # whole words first, then beginnings; punctuation around a term is ignored
    "wil": {"will"},
    "smit": {"will"},
    "zoe_": {"zoe_k"},
    "example.com": set(),
    "example": set(),
    "arma": {"armadillo", "mrt"},
    # prefixes
    "arma*": {"armadillo", "mrt"},
    "ARMÁ*": {"armadillo", "mrt"},
    "armad*": {"armadillo"},
    "zo*": {"zoe_k", "lodz"},
    "l*": {"jli", "obrien", "ada", "lodz", "Case"},
    "nobody*": {"nobody1"},
    "wsmith@*": {"will"},
    "x*": {"plus"},
    # punctuation
    "o'brien": {"obrien"},
    "O’Brien": {"obrien"},
    "brien": {"obrien"},
    "luc": {"obrien"},
    "jean-luc": {"obrien"},
    "jean": {"obrien"},
    "(smith)": {"will"},
    "smith,": {"will"},
    "100%": {"percent"},
    "100": {"percent"},
    "%": set(),
    "_": {"percent"},
    "_*": {"percent"},
    "_under_": {"percent"},
    "under": {"percent"},
    "\\slash\\": {"percent"},
    "p%": {"percent"},
    "%*": set(),
    'robert"; drop': {"quote"},
    "o'q@example.com": {"quote"},
    "'": set(),
    "*": None,
    "**": None,
    " ": None,
    "😀": {"emoji"},
    # right to left
    "محمد": {"moh", "moh2"},
    "مُحَمَّد": {"moh", "moh2"},
    "علي": {"moh"},
    "لوي": set(),
    "לוי": {"dov"},
    "ל*": {"dov"},
    # any part of a run of CJK characters
    "山田太郎": {"yamada"},
    "山田": {"yamada"},
    "田太": {"yamada"},
    "太": {"yamada"},
    "太田": set(),
    "スズ": {"suzuki"},
    "ｽｽﾞ": {"suzuki"},
    "花": {"suzuki"},
    "ズキ 太郎": {"suzuki", "yamada"},
    "지훈": {"jihun"},
    "훈": {"jihun"},
    # several terms
    "li wu": {"jli", "wwu"},
    "zoe nobody li*": {"zoe_k", "jli", "nobody1"},
    "Li, Wu; Will": {"jli", "wwu", "will"},
    # addresses
    "jian.li@example.com": {"jli"},
    "jian.li": {"jli"},
    "ada": {"ada", "plus"},
    "ada+x+y@example.org": {"plus"},
    "ada+x+y": {"plus"},
    "ada x y@example.org": {"plus", "ada"},
    "jl+courses@example.com": {"obrien"},
    "jl courses@example.com": {"obrien"},
    "jl+courses": {"obrien"},
    "ada@example.org": {"ada"},
    "ADA@EXAMPLE.ORG": {"ada"},
}


@pytest.fixture
def people():
    load_learners(COURSE, [{"username": name, "name": full, "email": email} for name, full, email in PEOPLE])
    load_learners("edX/Other/2026", [{"username": "will", "name": "Li Wu"}])


@pytest.mark.parametrize("text", FOUND)
def test_search(api, people, text):
    expected = {username for username, _name, _email in PEOPLE} if FOUND[text] is None else FOUND[text]
    answer = api.rows(f"{LIST}?course_id={quote(COURSE)}&page_size=100&text_search={quote(text, safe='')}")
    assert usernames(answer) == sorted(expected)
    assert answer["count"] == len(expected)


@pytest.mark.parametrize("text", ["jl+courses@example.com", "ada+x+y@example.org"])
def test_addresses_whose_plus_was_not_escaped(api, people, text):
    answer = api.rows(f"{LIST}?course_id={quote(COURSE)}&text_search={text}")
    assert {"jl+courses@example.com": "obrien", "ada+x+y@example.org": "plus"}[text] in usernames(answer)


def test_type_ahead(api, people):
    answer = api.rows(LIST, {"course_id": COURSE, "text_search": "arma*", "fields": "username,name,email"})
    assert answer["results"] == [
        {"username": "armadillo", "name": "Dasypus", "email": "dilly@example.com"},
        {"username": "mrt", "name": "Armand Roulin", "email": "roulin@example.com"},
    ]


@pytest.mark.parametrize(
    "text, matches",
    [
        ("zoe", {"zoe_k": {"name": [[0, 3]], "username": [[0, 3]], "email": [[0, 3]]}}),
        ("jean luc*", {"obrien": {"name": [[0, 4], [5, 8]], "username": [], "email": []}}),
        ("田", {"yamada": {"name": [[1, 2]], "username": [], "email": []}}),
        ("grin", {"emoji": {"name": [[2, 6]], "username": [], "email": [[0, 4]]}}),
        ("nobody*", {"nobody1": {"name": [], "username": [[0, 6]], "email": []}}),
        (
            "ada x y@example.org",
            {
                "ada": {"name": [[0, 3]], "username": [[0, 3]], "email": [[0, 3]]},
                "plus": {"name": [], "username": [], "email": [[0, 19]]},
            },
        ),
    ],
)
def test_highlighting(api, people, text, matches):
    answer = api.rows(LIST, {"course_id": COURSE, "text_search": text, "highlight": "TRUE"})
    assert {learner["username"]: learner["matches"] for learner in answer["results"]} == matches
    answer = api.rows(LIST, {"course_id": COURSE, "text_search": text, "highlight": "false"})
    assert all("matches" not in learner for learner in answer["results"])


def test_highlighting_without_a_search(api, people):
    answer = api.rows(LIST, {"course_id": COURSE, "highlight": "true", "page_size": 1})
    assert answer["results"][0]["matches"] == {"name": [], "username": [], "email": []}


def test_everybody_who_is_found_has_a_match(api, people):
    for text in FOUND:
        answer = api.rows(LIST, {"course_id": COURSE, "text_search": text, "highlight": "true", "page_size": 100})
        for learner in answer["results"] if text.strip(" *") else ():
            assert any(learner["matches"].values()), (text, learner)
            for field, spans in learner["matches"].items():
                assert all(0 <= start < end <= len(learner[field]) for start, end in spans)


def test_too_many_terms(api, people):
    response = api.get(LIST, {"course_id": COURSE, "text_search": "a " * 51})
    assert (response.status_code, response.json()["error_code"]) == (400, "illegal_parameter_values")
    assert "text_search" in response.json()["developer_message"]
    assert api.rows(LIST, {"course_id": COURSE, "text_search": "zoe " * 50})["count"] == 1
    assert api.rows(LIST, {"course_id": COURSE, "text_search": "x" * 3000})["count"] == 0
    assert api.rows(LIST, {"course_id": COURSE, "text_search": "\x00\x00 zoe"})["count"] == 1


class TestCommonBeginnings:
    """Rosters that are large enough for the load to store common prefixes."""

    SIZE = roster_models.MANY_LEARNERS + 150

    @pytest.fixture
    def many(self):
        load_learners(
            COURSE,
            [
                {
                    "username": f"u{number * 7919 % self.SIZE:05}",
                    "name": f"Armand Armando{number}" if number % 100 else "Rare Arm",
                    "email": f"armand{number % 3}@example.com",
                    "cohort": "A" if number % 4 else "B",
                    "videos_viewed": number % 11,
                }
                for number in range(self.SIZE)
            ],
        )

    def find(self, api, **parameters):
        parameters = {"course_id": COURSE, "page_size": 100, **parameters}
        first = api.rows(LIST, parameters)
        found = usernames(first)
        for page in range(2, first["num_pages"] + 1):
            found += usernames(api.rows(LIST, {**parameters, "page": page}))
        assert len(found) == len(set(found)) == first["count"]
        return found

    def test_beginnings(self, api, many):
        common = set(models.RosterPrefix.objects.values_list("prefix", flat=True))
        assert {"a", "arm", "armand", "armando"} <= common
        assert not {"r", "rare", "armando1"} & common
        api.described = False
        everybody = [f"u{number:05}" for number in range(self.SIZE)]
        # Each learner's address and two words of the name have this prefix, but each learner counts once.
        for prefix in ("a*", "ARM*", "armand*"):
            assert self.find(api, text_search=prefix) == everybody
            assert self.find(api, text_search=prefix, sort_order="desc") == everybody[::-1]
        rare = {f"u{number * 7919 % self.SIZE:05}" for number in range(0, self.SIZE, 100)}
        assert set(self.find(api, text_search="armando*")) == set(everybody) - rare
        assert self.find(api, text_search="rare*") == sorted(rare)
        assert set(self.find(api, text_search="armando1*")) == {
            f"u{number * 7919 % self.SIZE:05}"
            for number in range(self.SIZE)
            if number % 100 and str(number).startswith("1")
        }

    def test_together_with_filters_and_orders(self, api, many):
        api.described = False
        cohort = {f"u{number * 7919 % self.SIZE:05}" for number in range(self.SIZE) if number % 4 == 0}
        assert self.find(api, text_search="arm*", cohort="B") == sorted(cohort)
        videos = {f"u{number * 7919 % self.SIZE:05}": number % 11 for number in range(self.SIZE)}
        expected = sorted(videos, key=lambda username: (-videos[username], username))
        found = self.find(api, text_search="arm*", order_by="videos_viewed", sort_order="desc")
        assert found == expected

    def test_the_same_without_what_was_written_down(self, api, many, monkeypatch):
        api.described = False
        answers = [self.find(api, text_search=text) for text in ("arm*", "rare*", "armand0*", "armando11*")]
        monkeypatch.setattr(rosters, "MANY_LEARNERS", self.SIZE + 1)
        assert answers == [self.find(api, text_search=text) for text in ("arm*", "rare*", "armand0*", "armando11*")]

    def test_a_page_costs_few_queries(self, api, many, query_counter):
        for text, most in [("arm*", 4), ("rare*", 5), ("armand", 5)]:
            with query_counter() as queries:
                api.get(LIST, {"course_id": COURSE, "text_search": text})
            assert len(queries) <= most, "\n".join(queries)


class TestPieces:
    """Usernames and the part of an email address before the @ are also found by their pieces."""

    @pytest.fixture(autouse=True)
    def people(self):
        people = [
            {"username": "wei-li", "email": "w.chen+mooc@example.com"},
            {"username": "Zoë_99li", "email": "zoe@li.example.com"},
            {"username": "olivia", "name": "Olivia Liddell", "email": "olivia@example.com"},
        ]
        load_learners(COURSE, people)

    @pytest.mark.parametrize(
        "text, found",
        [
            ("wei", ["wei-li"]),
            ("LI", ["Zoë_99li", "wei-li"]),
            ("chen", ["wei-li"]),
            ("mooc", ["wei-li"]),
            ("zoe", ["Zoë_99li"]),
            ("99", []),
            ("example", []),
        ],
    )
    def test_found(self, api, text, found):
        body = api.rows(LIST, {"course_id": COURSE, "text_search": text})
        assert sorted(row["username"] for row in body["results"]) == found
        assert "search" not in body

    def test_highlighted(self, api):
        [row] = api.rows(LIST, {"course_id": COURSE, "text_search": "chen", "highlight": "true"})["results"]
        assert row["matches"] == {"name": [], "username": [], "email": [[2, 6]]}

    def test_whole_words_come_before_beginnings(self, api):
        body = api.rows(LIST, {"course_id": COURSE, "text_search": "lid"})
        assert [row["username"] for row in body["results"]] == ["olivia"]
        assert body["search"] == "prefix"
        assert body["count"] == 1

    def test_beginnings_are_highlighted(self, api):
        [row] = api.rows(LIST, {"course_id": COURSE, "text_search": "lid", "highlight": "true"})["results"]
        assert row["matches"]["name"] == [[7, 10]]

    def test_beginnings_of_nobody(self, api):
        body = api.rows(LIST, {"course_id": COURSE, "text_search": "xyzzy"})
        assert (body["results"], body["count"], "search" in body) == ([], 0, False)

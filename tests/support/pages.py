"""A page as its reader finds it: charts, tables, cards and texts."""

import json
from functools import cached_property

import html5lib
from django.test import Client

from tests.support.factories import KeyAccessFactory, TokenFactory

# The pages of a course, below its own. Every test of all pages in tests/pages/ reads this list.
COURSE_PAGES = (
    "",
    "enrollment/",
    "enrollment/geography/",
    "enrollment/age/",
    "enrollment/education/",
    "enrollment/gender/",
    "engagement/",
    "videos/",
    "problems/",
    "outcomes/",
    "learners/",
    "learners/distribution/",
)


class ReaderClient(Client):
    """A reader with a key. ``read`` returns a page as the reader finds it."""

    def read(self, path, status=200, **parameters):
        response = self.get(path, parameters)
        assert response.status_code == status, response.content.decode()
        return ReadPage(response)


def reader(**access):
    token = TokenFactory()
    if access:
        KeyAccessFactory(user=token.user, **access)
    return ReaderClient(headers={"authorization": f"Token {token.key}"})


class ReadPage:
    """A page, taken apart."""

    def __init__(self, response):
        self.response = response
        self.tree = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)

    def elements(self, tag, **attributes):
        """Return the elements with these attributes; ``class_`` is one of an element's classes."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items() if name != "class_"}
        return [
            element
            for element in self.tree.iter(tag)
            if all(element.get(name) == value for name, value in wanted.items())
            and attributes.get("class_", "") in (element.get("class", "").split() or [""]) + [""]
        ]

    @cached_property
    def text(self):
        return text_of(self.tree.find("body"))

    @property
    def title(self):
        return text_of(self.tree.find(".//h1"))

    def chart(self, id):
        """Return the specification that the chart of these figures is drawn from."""
        [script] = self.elements("script", id=f"{id}-chart-spec")
        return json.loads(script.text)

    def series(self, id):
        """Return the values of each series of a chart by their category."""
        spec = self.chart(id)
        return {each["name"]: dict(zip(spec["categories"], each["values"], strict=True)) for each in spec["series"]}

    def table(self, id):
        """Return the texts of a table: for each row one by its column's label."""
        [box] = self.elements("div", id=id)
        labels = [text_of(head) for head in box.iter("th") if head.get("scope") == "col"]
        rows = [row for row in box.iter("tr") if row.get("data-key") is not None]
        return [dict(zip(labels, [text_of(cell) for cell in row], strict=True)) for row in rows]

    @property
    def cards(self):
        """Return the values of the cards by their labels."""
        found = {}
        for card in self.elements("li", class_="card"):
            label, value, *_ = card.findall("p")
            found[text_of(label)] = value.get("data-value")
        return found

    def links(self):
        return {text_of(link): link.get("href") for link in self.tree.iter("a")}


def text_of(element):
    return " ".join("".join(element.itertext()).split())

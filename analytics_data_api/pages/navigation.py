"""The pages of a course in the order of their menu. A page is in the menu as soon as its URL is there."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MenuItem:
    """A page in the menu: ``name`` of its URL, its label, and the question that it answers."""

    name: str
    label: Any
    question: Any = ""
    # True if the page shows personal data.
    is_personal: bool = False


MENU: tuple[tuple[Any, tuple[MenuItem, ...]], ...] = (
    (_("Course"), (MenuItem("course", _("Overview")),)),
    (
        _("Enrollment"),
        (
            MenuItem("enrollment", _("Activity"), _("How many learners are in my course?")),
            MenuItem("geography", _("Geography"), _("Where are my learners?")),
            MenuItem("age", _("Age"), _("How old are my learners?")),
            MenuItem("education", _("Education"), _("What level of education do my learners have?")),
            MenuItem("gender", _("Gender"), _("How many women and men are in my course?")),
        ),
    ),
    (
        _("Engagement"),
        (
            MenuItem("engagement", _("Content"), _("How many learners take part each week?")),
            MenuItem("videos", _("Videos"), _("Which videos do my learners watch to the end?")),
        ),
    ),
    (
        _("Performance"),
        (
            MenuItem("problems", _("Problems"), _("How do my learners answer the problems?")),
            MenuItem("outcomes", _("Learning outcomes"), _("Which learning outcomes are hard?")),
        ),
    ),
    (_("Learners"), (MenuItem("learners", _("Learners"), _("Who needs help?"), is_personal=True),)),
)


def course_navigation(course_id: str, current: str, *, sees_learners: bool) -> list[dict[str, Any]]:
    """Return the groups of the menu with the URLs of a course's pages."""
    groups = []
    for label, items in MENU:
        links = []
        for item in items:
            if item.is_personal and not sees_learners:
                continue
            try:
                url = reverse(f"pages:{item.name}", kwargs={"course_id": course_id})
            except NoReverseMatch:
                continue
            links.append({"url": url, "label": item.label, "question": item.question,
                          "is_current": item.name == current})  # fmt: skip
        if links:
            groups.append({"label": label, "links": links})
    return groups

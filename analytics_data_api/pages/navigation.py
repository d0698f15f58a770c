"""The pages of a course in the order of their menu. A page is in the menu as soon as its URL is there."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class MenuItem:
    """A page in the menu: ``name`` of its URL, its label, and True if it shows personal data."""

    name: str
    label: Any
    is_personal: bool = False


MENU: tuple[tuple[Any, tuple[MenuItem, ...]], ...] = (
    (_("Course"), (MenuItem("course", _("Overview")),)),
    (
        _("Enrollment"),
        (
            MenuItem("enrollment", _("Activity")),
            MenuItem("geography", _("Geography")),
            MenuItem("age", _("Age")),
            MenuItem("education", _("Education")),
            MenuItem("gender", _("Gender")),
        ),
    ),
    (_("Engagement"), (MenuItem("engagement", _("Content")), MenuItem("videos", _("Videos")))),
    (_("Performance"), (MenuItem("problems", _("Problems")), MenuItem("outcomes", _("Learning outcomes")))),
    (_("Learners"), (MenuItem("learners", _("Learners"), is_personal=True),)),
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
            links.append({"url": url, "label": item.label, "is_current": item.name == current})
        if links:
            groups.append({"label": label, "links": links})
    return groups

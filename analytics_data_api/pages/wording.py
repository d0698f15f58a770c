"""Sentences that several pages say about figures."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics_data_api.pages.figures import written

MODE_NAMES = {
    "audit": gettext_lazy("Audit"),
    "credit": gettext_lazy("Credit"),
    "honor": gettext_lazy("Honor"),
    "professional": gettext_lazy("Professional"),
    "verified": gettext_lazy("Verified"),
    "masters": gettext_lazy("Master's"),
}


# Activities by their names in the API.
ACTIVITY_NAMES = {
    "any": gettext_lazy("Active"),
    "attempted_problem": gettext_lazy("Tried a problem"),
    "played_video": gettext_lazy("Watched a video"),
    "posted_forum": gettext_lazy("Took part in discussions"),
}


def mode_name(mode: str) -> Any:
    """Return the name of an enrollment mode for people. A site's own modes have only their name in the tables."""
    return MODE_NAMES.get(mode, mode)


def change_in_words(change: int | None) -> str:
    """Return a change against a week before in words, or nothing if it is not known."""
    if change is None:
        return ""
    if not change:
        return _("as many as a week before")
    number = {"number": written(abs(change))}
    return (
        _("%(number)s more than a week before") if change > 0 else _("%(number)s fewer than a week before")
    ) % number


def learners(count: int) -> str:
    return ngettext("%(number)s learner", "%(number)s learners", count) % {"number": written(count)}


def signed(change: int | None) -> str:
    """Return a change with its sign."""
    return (
        ""
        if change is None
        else f"+{written(change)}"
        if change > 0
        else f"−{written(-change)}"
        if change
        else written(0)
    )


def week_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=7)).isoformat()


NO_ENROLLMENT = gettext_lazy(
    "There is no enrollment in these days. If the course is new, its first figures come with the next computation. If it "
    "is not, ask the operator of this server to load its tracking logs and its LMS data, and to run compute_tables."
)
NO_ACTIVITY = gettext_lazy(
    "No week of activity has been computed yet. Activity comes from tracking logs: ask the operator of this server to load "
    "them with load_events and to run compute_tables."
)
NO_DEMOGRAPHICS = gettext_lazy(
    "There are no figures about this yet. They need the profiles of the LMS: ask the operator of this server to run "
    "load_lms and compute_tables."
)
NO_COUNTRIES = gettext_lazy(
    "No country is known yet. Countries come from the addresses in tracking logs: ask the operator of this server to load "
    "them with load_events, to set GEOIP_DATABASE, and to run compute_tables."
)
NO_VIDEOS = gettext_lazy(
    "No learner has played a video yet, as far as the loaded logs say. Figures about videos come from tracking logs: ask "
    "the operator of this server to load them with load_events and to run compute_tables."
)
NO_PROBLEMS = gettext_lazy(
    "No answers are known yet. They come from tracking logs: ask the operator of this server to load them with load_events "
    "and to run compute_tables."
)
NO_TAGS = gettext_lazy(
    "No answered problem of this course has tags. Authors set them in Studio; they reach this page with the tracking logs "
    "that compute_tables reads."
)
NO_ROSTER = gettext_lazy(
    "This course has no roster yet. It comes with compute_tables from tracking logs and LMS data, or from a file with "
    "load_roster: ask the operator of this server."
)
NO_ENGAGEMENT = gettext_lazy(
    "The learner has not tried a problem, played a video or taken part in a discussion, as far as the loaded logs say."
)
SEGMENT_NAMES = {
    "highly_engaged": gettext_lazy("Highly engaged"),
    "disengaging": gettext_lazy("Disengaging"),
    "struggling": gettext_lazy("Struggling"),
    "inactive": gettext_lazy("Inactive"),
    "unenrolled": gettext_lazy("Unenrolled"),
}

"""The tables of rosters: the learners of a course and their engagement. ``load_roster`` fills them.

Each load of a course writes a new roster beside the current one, and one transaction at the end makes it current.
The ids of a roster's learners follow the order of usernames. Any page of the default order is therefore a range of ids,
and the id breaks ties in every other order.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Now

from analytics_data_api.sql.models import COURSE_ID_HELP, text_field

# The ids of a roster's learners start at `roster id << ID_BITS`.
ID_BITS = 32

# A load stores the prefixes up to this length that lead to at least this number of learners.
LONGEST_PREFIX = 8
MANY_LEARNERS = 1000

# A sort key has these values for null. They sort after every other value, because nulls are last in ascending order.
LAST_TEXT = "\U0010ffff"
LAST_NUMBER = 1.5e308
LAST_INTEGER = 2**62


# Sort keys of each order in ascending direction. Ties are sorted by id, and so by username.
SORT_KEYS: dict[str, tuple[str, ...]] = {
    "username": (),
    "email": ("email_key",),
    "discussion_contributions": ("discussion_contributions",),
    "problems_attempted": ("problems_attempted",),
    "problems_completed": ("problems_completed",),
    "videos_viewed": ("videos_viewed",),
    "problem_attempts_per_completed": ("attempts_per_completed_key", "-attempt_ratio_key"),
    "attempt_ratio_order": ("attempt_ratio_key",),
}
# The index of each order but the first, with the end of its name.
INDEX_NAMES = ("email", "posts", "attempted", "completed", "videos", "ratio", "order")
SORT_INDEXES = tuple(zip(INDEX_NAMES, list(SORT_KEYS.values())[1:], strict=True))


def reversed_keys(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key[1:] if key.startswith("-") else f"-{key}" for key in keys)


class Roster(models.Model):
    """A roster of a course, written by one load."""

    LOADING = "loading"
    CURRENT = "current"
    # A newer roster has replaced it, but requests may still be reading it.
    RETIRED = "retired"
    DELETING = "deleting"
    WHOLE = (CURRENT, RETIRED)

    id = models.BigAutoField(primary_key=True, help_text="Key of the roster.")
    course_id = text_field(COURSE_ID_HELP)
    state = models.CharField(
        max_length=16,
        default=LOADING,
        help_text="State: loading, current (requests read it), retired (replaced) or deleting.",
    )
    touched = models.DateTimeField(db_default=Now(), help_text="When the load last wrote to the roster, UTC.")
    learners = models.IntegerField(default=0, help_text="Number of learners.")
    averages = models.JSONField(default=dict, help_text="Mean of each metric over the learners who have it.")

    class Meta:
        app_label = "v0"
        db_table = "learner_roster"
        indexes = [models.Index(fields=["course_id", "state"], name="learner_roster_key")]


class RosterFacet(models.Model):
    """The learners of a roster who share cohort, enrollment mode and segments, by which requests filter."""

    id = models.BigAutoField(primary_key=True, help_text="Key of the facet.")
    roster = models.ForeignKey(Roster, models.DO_NOTHING, db_constraint=False, help_text="Key of the roster.")
    cohort = text_field("Cohort; null if the learner has none.", null=True)
    enrollment_mode = text_field("Enrollment mode; null if unknown.", null=True)
    segments = models.JSONField(help_text="Names of the segments, sorted.")
    learners = models.IntegerField(help_text="Number of learners.")

    class Meta:
        app_label = "v0"
        db_table = "learner_roster_facet"


class RosterLearner(models.Model):
    """A learner of a course with the engagement of a range of days."""

    # On SQLite only an automatic key becomes the row id, with which every index ends.
    id = models.BigAutoField(
        primary_key=True, help_text="Key of the roster, followed by the place of the learner by username."
    )
    roster = models.ForeignKey(
        Roster, models.DO_NOTHING, db_constraint=False, db_index=False, help_text="Key of the roster."
    )
    facet = models.ForeignKey(
        RosterFacet,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        help_text="Facet: cohort, enrollment mode and segments.",
    )
    created = models.DateTimeField(help_text="When the roster was loaded, UTC.")
    last_updated = models.DateField(help_text="Day when the learner's engagement was computed.")
    username = text_field("Username of the learner.")
    user_id = models.BigIntegerField(null=True, help_text="Id of the user in the LMS.")
    name = text_field("Full name of the learner.", null=True)
    email = text_field("Email address of the learner.", null=True)
    language = text_field("Language of the learner.", null=True)
    location = text_field("Location that the learner entered.", null=True)
    year_of_birth = models.IntegerField(null=True, help_text="Year of birth of the learner.")
    level_of_education = text_field("Level of education of the learner.", null=True)
    gender = text_field("Gender of the learner.", null=True)
    mailing_address = models.TextField(null=True, help_text="Mailing address of the learner.")
    city = text_field("City of the learner.", null=True)
    country = text_field("Country of the learner.", null=True)
    goals = models.TextField(null=True, help_text="Goals that the learner entered.")
    enrollment_date = models.DateField(null=True, help_text="Day of the enrollment.")
    start_date = models.DateField(null=True, help_text="First day of the engagement.")
    end_date = models.DateField(null=True, help_text="Day after the last day of the engagement.")
    discussion_contributions = models.IntegerField(help_text="Posts, responses and comments in discussions.")
    problems_attempted = models.IntegerField(help_text="Problems attempted.")
    problems_completed = models.IntegerField(help_text="Problems completed.")
    problem_attempts = models.IntegerField(help_text="Attempts at problems.")
    videos_viewed = models.IntegerField(help_text="Videos viewed.")
    problem_attempts_per_completed = models.FloatField(
        null=True, help_text="Attempts per completed problem; null if the learner completed none."
    )
    attempt_ratio_order = models.BigIntegerField(
        null=True, help_text="Order among learners with the same problem_attempts_per_completed."
    )
    email_key = text_field("Copy of email for sorting.")
    attempts_per_completed_key = models.FloatField(help_text="Copy of problem_attempts_per_completed for sorting.")
    attempt_ratio_key = models.BigIntegerField(help_text="Copy of attempt_ratio_order for sorting.")

    class Meta:
        app_label = "v0"
        db_table = "learner_roster_learner"
        constraints = [models.UniqueConstraint(fields=["roster", "username"], name="roster_learner_username")]
        # Every index ends with the id. Ties are sorted by username in ascending order even if the order is descending,
        # so an index cannot be read backwards: each order has an index for each direction.
        indexes = [
            models.Index(fields=["roster", "facet"], name="roster_learner_facet"),
            *(models.Index(fields=["roster", *keys], name=f"roster_learner_{name}") for name, keys in SORT_INDEXES),
            *(
                models.Index(fields=["roster", *reversed_keys(keys)], name=f"roster_learner_{name}_desc")
                for name, keys in SORT_INDEXES
            ),
        ]


class RosterTerm(models.Model):
    """A term by which a search finds a learner: a word of the name, the username, the email or its first part."""

    pk = models.CompositePrimaryKey("roster_id", "term", "learner_id")
    roster_id = models.BigIntegerField(help_text="Key of the roster.")
    term = text_field("Term in lower case, without accents.")
    learner_id = models.BigIntegerField(help_text="Key of the learner.")

    class Meta:
        app_label = "v0"
        db_table = "learner_roster_term"


class RosterPrefix(models.Model):
    """A common prefix of terms, with the number of its learners and the first of them."""

    pk = models.CompositePrimaryKey("roster_id", "prefix")
    roster_id = models.BigIntegerField(help_text="Key of the roster.")
    prefix = models.CharField(max_length=LONGEST_PREFIX, help_text="Prefix of terms.")
    learners = models.IntegerField(help_text="Number of learners who have a term with this prefix.")
    first = models.JSONField(help_text="First of these learners by username, as places in the roster.")

    class Meta:
        app_label = "v0"
        db_table = "learner_roster_prefix"

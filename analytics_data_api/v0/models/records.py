"""Records of single users, courses, enrollments and activities, for the data stores of analysts.

A record is compared with what stands: one that did not change keeps its time, and one that vanished from its source is
marked as deleted for a while before its row is removed. Each run of ``compute_tables`` updates them, so daily as a rule.
"""

from django.db import models

from analytics_data_api.sql.models import COURSE_ID_HELP, text_field


class Record(models.Model):
    """A table of records, which ``./manage.py compute_tables`` owns."""

    id = models.BigAutoField(
        primary_key=True, help_text="Key of the row, which stays the same while the record exists."
    )
    created = models.DateTimeField(help_text="When the record was last added, changed or marked as deleted, UTC.")
    # Databases limit the length of an index and compare texts in their own ways, so a digest stands for the unique key.
    record_key = models.CharField(max_length=32, help_text="MD5 of the columns that identify the record.")
    record_deleted = models.BooleanField(help_text="True if the record has vanished from its source.")

    class Meta:
        abstract = True


class CourseRecord(Record):
    """A table of records whose rows name their course."""

    course_id = text_field(COURSE_ID_HELP)

    class Meta:
        abstract = True


def record_indexes(name: str, *, of_course: bool = True) -> list[models.Index]:
    """Return the indexes for pulls of a data set."""
    indexes = [models.Index(fields=["created"], name=f"{name}_created")]
    return [*indexes, models.Index(fields=["course_id", "created"], name=f"{name}_course")] if of_course else indexes


def record_keys(name: str, *, of_course: bool = True) -> list[models.BaseConstraint]:
    """Return the constraint that keeps a record from being there twice. Records are compared in its order."""
    fields = ["course_id", "record_key"] if of_course else ["record_key"]
    return [models.UniqueConstraint(fields=fields, name=f"{name}_key")]


def user_field() -> models.BigIntegerField:
    return models.BigIntegerField(help_text="Id of the user in the LMS.")


def time_field(help_text: str) -> models.DateTimeField:
    return models.DateTimeField(null=True, help_text=help_text)


class UserRecord(Record):
    """A user of the learning platform. Updated daily."""

    user_id = user_field()
    username = text_field("Username.")
    email = text_field("Email address; null if unknown.", null=True)
    name = text_field("Full name; null if unknown.", null=True)
    gender = text_field("Gender as in the profile; null if unknown.", null=True)
    year_of_birth = models.IntegerField(null=True, help_text="Year of birth; null if unknown.")
    level_of_education = text_field("Level of education as in the profile; null if unknown.", null=True)
    language = text_field("Language of the profile; null if unknown.", null=True)
    city = text_field("City of the profile; null if unknown.", null=True)
    country = text_field("Country of the profile; null if unknown.", null=True)
    is_active = models.BooleanField(null=True, help_text="True if the account is active; null if unknown.")
    joined = time_field("When the account was created, UTC; null if unknown.")
    last_active = time_field(
        "When the latest event of the user came, in any course or none, UTC; null if there is none."
    )

    class Meta:
        db_table = "record_users"
        indexes = record_indexes("users", of_course=False)
        constraints = record_keys("users", of_course=False)


class CourseRunRecord(CourseRecord):
    """A course run. Updated daily."""

    org = text_field("Organization of the course.")
    title = text_field("Title; null if unknown.", null=True)
    catalog_course = text_field("Course of which this is a run, such as edX+DemoX; null if unknown.", null=True)
    start_time = time_field("When the course starts, UTC; null if unknown.")
    end_time = time_field("When the course ends, UTC; null if unknown or never.")
    enrollment_start = time_field("When enrollment opens, UTC; null if unknown or at any time.")
    enrollment_end = time_field("When enrollment closes, UTC; null if unknown or never.")
    pacing_type = text_field("Pacing: instructor_paced or self_paced; null if unknown.", null=True)
    course_created = time_field("When the LMS first listed the course, UTC; null if unknown.")

    class Meta:
        db_table = "record_courses"
        indexes = record_indexes("courses")
        constraints = record_keys("courses")


class EnrollmentRecord(CourseRecord):
    """The enrollment of a user in a course, whether it still stands or not. Updated daily."""

    user_id = user_field()
    mode = text_field("Enrollment mode.")
    status = text_field("Status: enrolled or unenrolled.")
    enrolled = time_field("When the user first enrolled, UTC; null if unknown.")
    unenrolled = time_field("When the user last unenrolled, UTC; null if enrolled or unknown.")
    first_active = time_field("When the first event of the user in the course came, UTC; null if there is none.")
    last_active = time_field("When the latest event of the user in the course came, UTC; null if there is none.")
    completed_blocks = models.IntegerField(null=True, help_text="Blocks that the user completed; null if unknown.")
    completion = models.FloatField(
        null=True, help_text="Share of the course's blocks that the user completed, from 0 to 1; null if unknown."
    )
    passed = models.BooleanField(null=True, help_text="True if the user passed the course; null if unknown.")
    passed_time = time_field("When the user first passed the course, UTC; null if unknown or never.")
    percent_grade = models.FloatField(null=True, help_text="Grade in the course, from 0 to 1; null if unknown.")
    roles = text_field("Roles of the user in the course, sorted and separated by commas; null if none.", null=True)

    class Meta:
        db_table = "record_enrollments"
        indexes = record_indexes("enrollments")
        constraints = record_keys("enrollments")


class CourseBlockRecord(CourseRecord):
    """A block of a course: a section, a subsection, a unit (a page), or an activity in it. Updated daily."""

    block_id = text_field("Id of the block.")
    type = text_field(
        "Type: chapter (a section), sequential (a subsection), vertical (a unit), problem, video and others."
    )
    title = text_field("Title; null if unknown.", null=True)
    section = text_field("Title of the section that the block is in or is; null if unknown.", null=True)
    subsection = text_field("Title of the subsection that the block is in or is; null if none or unknown.", null=True)
    unit = text_field("Title of the unit that the block is in or is; null if none or unknown.", null=True)
    unit_id = text_field("Id of that unit; null if none or unknown.", null=True)
    position = models.IntegerField(null=True, help_text="Place in the course's outline; null if unknown.")
    graded = models.BooleanField(
        null=True, help_text="True if the block counts for the course's grade; null if unknown."
    )
    format = text_field("Kind of assignment, such as Homework; null if none or unknown.", null=True)
    due = time_field("When the block is due, UTC; null if never or unknown.")
    duration = models.FloatField(null=True, help_text="Length of a video in seconds; null if unknown.")

    class Meta:
        db_table = "record_course_blocks"
        indexes = record_indexes("course_blocks")
        constraints = record_keys("course_blocks")


class LearnerActivityRecord(CourseRecord):
    """The activity of a learner in a block of a course. Updated daily."""

    user_id = user_field()
    block_id = text_field("Id of the block.")
    type = text_field("Type of the block: problem, video and others.")
    attempts = models.IntegerField(null=True, help_text="Graded attempts at a problem; null if the log has none.")
    score = models.FloatField(null=True, help_text="Score of the last attempt; null if unknown.")
    max_score = models.FloatField(null=True, help_text="Maximum score; null if unknown.")
    first_active = time_field("When the learner first used the block, UTC.")
    last_active = time_field("When the learner last used the block, UTC.")
    completed = models.BooleanField(null=True, help_text="True if the learner completed the block; null if unknown.")
    seconds_watched = models.FloatField(
        null=True,
        help_text="Seconds of a video that the learner watched, repeated ones included; null if the log has none.",
    )

    class Meta:
        db_table = "record_learner_activity"
        indexes = record_indexes("learner_activity")
        constraints = record_keys("learner_activity")


class ProblemResponseRecord(CourseRecord):
    """The last response of a learner to a part of a problem. Updated daily."""

    user_id = user_field()
    block_id = text_field("Id of the problem.")
    part_id = text_field("Id of the part of the problem.")
    response = models.TextField(null=True, help_text="Text of the response, or a list of several; null if empty.")
    correct = models.BooleanField(help_text="True if the response is correct.")
    attempts = models.IntegerField(help_text="Graded attempts of the learner at the problem.")
    first_time = time_field("When the learner first responded to the problem, UTC.")
    last_time = time_field("When the learner last responded to the problem, UTC.")

    class Meta:
        db_table = "record_problem_responses"
        indexes = record_indexes("problem_responses")
        constraints = record_keys("problem_responses")


class PageViewRecord(CourseRecord):
    """The first and the last view of a page of a course by a user. Updated daily."""

    user_id = user_field()
    block_id = text_field("Id of the page, which is a subsection or a unit.")
    type = text_field("Type of the page: sequential (a subsection) or vertical (a unit).")
    first_view = time_field("When the user first viewed the page, UTC.")
    last_view = time_field("When the user last viewed the page, UTC.")

    class Meta:
        db_table = "record_page_views"
        indexes = record_indexes("page_views")
        constraints = record_keys("page_views")


class OrganizationRoleRecord(Record):
    """The roles of a user in an organization. Updated daily."""

    user_id = user_field()
    org = text_field("Organization.")
    roles = text_field("Roles of the user in all courses of the organization, sorted and separated by commas.")

    class Meta:
        db_table = "record_organization_roles"
        indexes = record_indexes("organization_roles", of_course=False)
        constraints = record_keys("organization_roles", of_course=False)

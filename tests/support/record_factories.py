"""A factory for every table of records."""

import factory

from analytics_data_api.v0 import models
from tests.support.factories import CourseFactory, PipelineFactory


class RecordFactory(PipelineFactory):
    """A row of a table of records."""

    record_key = factory.Sequence(lambda number: f"{number:032x}")
    record_deleted = False

    class Meta:
        abstract = True


class UserRecordFactory(RecordFactory):
    user_id = 9_000_001
    username = "ada"

    class Meta:
        model = models.UserRecord


class CourseRunRecordFactory(RecordFactory, CourseFactory):
    org = "edX"
    title = "Demonstration Course"

    class Meta:
        model = models.CourseRunRecord


class EnrollmentRecordFactory(RecordFactory, CourseFactory):
    user_id = 9_000_001
    mode = "audit"
    status = "enrolled"

    class Meta:
        model = models.EnrollmentRecord


class CourseBlockRecordFactory(RecordFactory, CourseFactory):
    block_id = "block"
    type = "html"

    class Meta:
        model = models.CourseBlockRecord


class LearnerActivityRecordFactory(RecordFactory, CourseFactory):
    user_id = 9_000_001
    block_id = "block"
    type = "html"

    class Meta:
        model = models.LearnerActivityRecord


class ProblemResponseRecordFactory(RecordFactory, CourseFactory):
    user_id = 9_000_001
    block_id = "problem"
    part_id = "problem_2_1"
    response = "Indonesia"
    correct = True
    attempts = 1

    class Meta:
        model = models.ProblemResponseRecord


class PageViewRecordFactory(RecordFactory, CourseFactory):
    user_id = 9_000_001
    block_id = "page"
    type = "vertical"

    class Meta:
        model = models.PageViewRecord


class OrganizationRoleRecordFactory(RecordFactory):
    user_id = 9_000_001
    org = "edX"
    roles = "staff"

    class Meta:
        model = models.OrganizationRoleRecord

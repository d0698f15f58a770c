"""The roster of a course, single learners and the metadata of a course's learners."""

from datetime import UTC, datetime

from django.conf import settings

from analytics_data_api.course_keys import file_name_stem, valid_course_id
from analytics_data_api.errors import (
    CohortNotFound,
    CourseNotFound,
    EnrollmentModeNotFound,
    LearnerNotFound,
    ResourceNotFound,
    SegmentNotFound,
    TimelineNotFound,
)
from analytics_data_api.v0.params.learners import EngagementFilters, RosterParameters
from analytics_data_api.v0.queries import engagement, learner_metadata
from analytics_data_api.v0.queries import learners as queries
from analytics_data_api.v0.serializers import learners as serializers
from analytics_data_api.web.pagination import Page, PageLinks
from analytics_data_api.web.parameters import NoParameters
from analytics_data_api.web.views import RowsView


class LearnerListView(RowsView):
    """Get a page of the roster of a course.

    Filters and the search narrow the roster together. `engagements` is of the days of its `date_range`. A course whose
    roster is empty and a search that finds nobody answer with no results. `next` and `previous` also stand in the Link
    header. In CSV the columns of `engagements` are `engagements.videos_viewed` and so on.
    """

    parameters = RosterParameters
    is_personal = True
    serializer_class = serializers.LearnerSerializer
    described_serializer_class = serializers.HighlightedLearnerSerializer
    list_key = "results"
    is_paged = True
    may_be_empty = True
    not_found = (CourseNotFound, SegmentNotFound, CohortNotFound, EnrollmentModeNotFound, ResourceNotFound)

    def get(self, request):
        parameters = self.read_parameters()
        is_csv = request.accepted_renderer.format == "csv"
        if not is_csv:
            parameters = parameters.with_page_size_at_most(settings.MAX_PAGE_SIZE)
        page = queries.roster_page(
            request=parameters,
            holds_all=is_csv,
            account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL,
            using=self.using,
        )
        links = PageLinks(Page(page.page, page.page_size), page.count, request.build_absolute_uri())
        fields = parameters.fields
        if parameters.highlight:
            self.serializer_class = serializers.HighlightedLearnerSerializer
            fields = fields and (*fields, "matches")
        return self.page_answer(page.rows, links, {"course_id": parameters.course_id}, fields=fields)

    def csv_name(self, ids):
        now = datetime.now(UTC)
        return f"{file_name_stem(ids['course_id'])}--{now:%Y-%m-%dT%H%M%S}--learners.csv"


class LearnerView(RowsView):
    """Get one learner of a course.

    With start_date or end_date the engagements are counted afresh over these days: different problems and videos of the
    whole range, all contributions, and attempts for each different problem completed.
    """

    parameters = EngagementFilters
    is_personal = True
    serializer_class = serializers.LearnerSerializer
    many = False
    not_found = (CourseNotFound, LearnerNotFound)

    def rows(self, username, parameters):
        return queries.learner(
            username=username,
            course_id=parameters.course_id,
            window=parameters.window,
            account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL,
            using=self.using,
        )


class EngagementTimelineView(RowsView):
    """Get a learner's engagement in a course, day by day.

    Each day between the first and the last one with engagement is there; with start_date and end_date each day from the
    first to before the second. Different problems and videos count once a day; contributions and attempts are summed up.
    """

    parameters = EngagementFilters
    is_personal = True
    serializer_class = serializers.EngagementDaySerializer
    list_key = "days"
    may_be_empty = True
    not_found = (CourseNotFound, TimelineNotFound)

    def rows(self, username, parameters):
        return engagement.engagement_timeline(
            username=username, course_id=parameters.course_id, window=parameters.window, using=self.using
        )


class CourseLearnerMetadataView(RowsView):
    """Get what there is among the learners of a course.

    Cohorts, segments and enrollment modes with their numbers of learners, the ranges of each metric of engagement, by
    size (`below_average` …) and by merit (`class_rank_bottom` …), and the mean of each metric. A range is [low, high),
    null in it is no bound, and a range that is null was not computed.
    """

    parameters = NoParameters
    serializer_class = serializers.CourseLearnerMetadataSerializer
    many = False
    not_found = (CourseNotFound,)

    def check_ids(self, ids):
        valid_course_id(ids["course_id"])

    def rows(self, course_id, parameters):
        return learner_metadata.course_learner_metadata(course_id=course_id, using=self.using)

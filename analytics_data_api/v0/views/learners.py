"""The roster of a course, single learners and metadata about a course's learners."""

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
    TooManyStreams,
)
from analytics_data_api.v0.params.learners import EngagementFilters, RosterParameters
from analytics_data_api.v0.queries import engagement, learner_metadata
from analytics_data_api.v0.queries import learners as queries
from analytics_data_api.v0.serializers import learners as serializers
from analytics_data_api.web.pagination import ListPage, PageLinks
from analytics_data_api.web.picked import PickedFields
from analytics_data_api.web.public_urls import public_url
from analytics_data_api.web.traits import Personal, Traits
from analytics_data_api.web.views import RowsView


class LearnerListView(RowsView):
    """Get a page of the roster of a course.

    A learner must match all filters and the search. `engagements` covers the days of its `date_range`. If the roster is
    empty or the search finds nobody, `results` is empty. If no whole word matches, the terms are tried as beginnings, and
    `search` is `prefix`. `next` and `previous` are also in the Link header. In CSV
    `engagements` becomes the columns `engagements.videos_viewed` and so on. While too many clients download more learners
    than a page of JSON has, others get 503.
    """

    parameters = RosterParameters
    serializer_class = serializers.LearnerSerializer
    described_serializer_class = serializers.HighlightedLearnerSerializer
    traits = Traits(
        list_key="results",
        is_paged=True,
        page_keys=("search",),
        may_be_empty=True,
        personal=Personal.ALWAYS,
        not_found=(CourseNotFound, SegmentNotFound, CohortNotFound, EnrollmentModeNotFound, ResourceNotFound),
        other_errors=(TooManyStreams,),
    )

    def respond(self, parameters):
        is_csv = self.request.accepted_renderer.format == "csv"
        if not is_csv:
            parameters = parameters.with_page_size_at_most(settings.MAX_PAGE_SIZE)
        page = queries.roster_page(
            request=parameters, holds_all=is_csv, account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL, scope=self.scope
        )
        how = {"search": "prefix"} if page.is_prefix_search else {}
        links = PageLinks(ListPage(page.page, page.page_size), page.count, public_url(self.request), how)
        serializer = self.described_serializer_class if parameters.highlight else self.serializer_class
        if parameters.fields and not is_csv:
            # Only the serializer of highlighted learners has the field matches.
            fields = [name for name in (*parameters.fields, "matches") if name in serializer.names()]
            serializer = PickedFields(serializer, fields=fields)
        ids = {"course_id": parameters.course_id}
        is_large = min(page.count, page.page_size) > settings.MAX_PAGE_SIZE
        return self.response(page.rows, ids, serializer=serializer, links=links, is_large=is_large)

    def csv_name(self, ids):
        now = datetime.now(UTC)
        return f"{file_name_stem(ids['course_id'])}--{now:%Y-%m-%dT%H%M%S}--learners.csv"


class LearnerView(RowsView):
    """Get one learner of a course.

    With start_date or end_date the engagements are counted anew for these days. Each problem and each video counts once
    in the whole range.
    """

    parameters = EngagementFilters
    serializer_class = serializers.LearnerSerializer
    traits = Traits(many=False, personal=Personal.ALWAYS, not_found=(CourseNotFound, LearnerNotFound))

    def rows(self, username, parameters):
        return queries.single_learner(
            username=username,
            course_id=parameters.course_id,
            window=parameters.window,
            account_base_url=settings.LMS_USER_ACCOUNT_BASE_URL,
            scope=self.scope,
        )


class EngagementTimelineView(RowsView):
    """Get a learner's engagement in a course, day by day.

    The list has every day from the first to the last one with engagement, or from start_date to before end_date. Each
    problem and each video counts once a day.
    """

    parameters = EngagementFilters
    serializer_class = serializers.EngagementDaySerializer
    traits = Traits(
        list_key="days", may_be_empty=True, personal=Personal.ALWAYS, not_found=(CourseNotFound, TimelineNotFound)
    )

    def rows(self, username, parameters):
        return engagement.engagement_timeline(
            username=username, course_id=parameters.course_id, window=parameters.window, scope=self.scope
        )


class CourseLearnerMetadataView(RowsView):
    """Get a course's cohorts, segments, enrollment modes and engagement ranges.

    Each cohort, segment and enrollment mode has its number of learners. Each metric of engagement has its ranges by size
    (`below_average` …) and by merit (`class_rank_bottom` …), and its mean. A range is [low, high). A null bound means
    unbounded; a null range was not computed.
    """

    serializer_class = serializers.CourseLearnerMetadataSerializer
    query = learner_metadata.course_learner_metadata
    traits = Traits(many=False, not_found=(CourseNotFound,))

    def check_ids(self, ids):
        valid_course_id(ids["course_id"])

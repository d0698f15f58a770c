"""courses/{course_id}/videos/ and videos/{video_id}/timeline/."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.support.factories import DEMO_COURSE, VideoFactory, VideoTimelineFactory

pytestmark = pytest.mark.django_db(databases="__all__")

LATER = datetime(2015, 4, 15, 21, 41, 58, 999999, tzinfo=UTC)
ANOTHER_COURSE = "course-v1:edX+Another+2014"


class TestVideos:
    url = f"/api/v0/courses/{DEMO_COURSE}/videos/"

    def test_documented_keys(self, api):
        VideoFactory(
            pipeline_video_id="video", encoded_module_id="module", users_at_start=1044, users_at_end=3, created=LATER
        )
        VideoFactory(course_id=ANOTHER_COURSE)
        expected = {
            "pipeline_video_id": "video",
            "encoded_module_id": "module",
            "duration": 142,
            "segment_length": 5,
            "users_at_start": 1044,
            "users_at_end": 3,
            "created": "2015-04-15T214158",
        }
        [row] = api.rows(self.url)
        assert list(row.items()) == list(expected.items())
        assert api.csv(self.url) == [",".join(sorted(expected)), "2015-04-15T214158,142,module,video,5,3,1044"]

    def test_unknown_figures_are_null(self, api):
        VideoFactory(pipeline_video_id="video", encoded_module_id="module", duration=None, users_at_end=None)
        [row] = api.rows(self.url)
        assert (row["duration"], row["users_at_end"]) == (None, None)
        assert api.csv(self.url)[1] == "2014-12-10T193146,,module,video,5,,1044"

    def test_order_is_that_of_code_points(self, api):
        names = ["b", "é", "B", "😀", "a|b", "ﬀ", "a", "a b"]
        for name in names:
            VideoFactory(pipeline_video_id=name)
        assert [row["pipeline_video_id"] for row in api.rows(self.url)] == [
            "B",
            "a",
            "a b",
            "a|b",
            "b",
            "é",
            "ﬀ",
            "😀",
        ]

    def test_names_the_csv_file(self, api):
        VideoFactory()
        response = api.get(self.url, {"format": "csv"})
        assert response["Content-Disposition"] == "attachment; filename=edX-DemoX-Demo_Course--videos.csv"


class TestTimeline:
    @staticmethod
    def url(video_id="video"):
        return f"/api/v0/videos/{quote(video_id, safe='')}/timeline/"

    def test_documented_keys(self, api):
        VideoTimelineFactory(pipeline_video_id="video", segment=0, num_users=472, num_views=539, created=LATER)
        VideoTimelineFactory(pipeline_video_id="another")
        expected = {"segment": 0, "num_users": 472, "num_views": 539, "created": "2015-04-15T214158"}
        [row] = api.rows(self.url())
        assert list(row.items()) == list(expected.items())
        assert api.csv(self.url()) == ["created,num_users,num_views,segment", "2015-04-15T214158,472,539,0"]
        assert "Content-Disposition" not in api.get(self.url(), {"format": "csv"})

    def test_order(self, api):
        for segment in (10, 2, 0, 1):
            VideoTimelineFactory(pipeline_video_id="video", segment=segment, num_views=None)
        rows = api.rows(self.url())
        assert [row["segment"] for row in rows] == [0, 1, 2, 10]
        assert {row["num_views"] for row in rows} == {None}

    @pytest.mark.parametrize(
        "video_id",
        [
            "UniversityX/UX.3.01x/1T2015|i4x-UniversityX-UX_3_01x-video-02874e0ae0c74ae7b16faa5d6fdc8085",
            "course-v1:edX+DemoX+2014|0b9e39477cf34507a7a48f74be381fdd",
            "École/機率/Лето|i4x@a:b",
        ],
    )
    def test_raw_and_encoded_ids(self, api, video_id):
        VideoTimelineFactory(pipeline_video_id=video_id)
        for form in (quote(video_id, safe="/:+|@"), quote(video_id, safe="")):
            assert len(api.rows(f"/api/v0/videos/{form}/timeline/")) == 1

    def test_courses_are_those_of_the_video(self, api):
        VideoTimelineFactory(pipeline_video_id="video", segment=1)
        VideoFactory(pipeline_video_id="video")
        # The segments appear once, even if the course has the video several times.
        VideoFactory(pipeline_video_id="video")
        VideoFactory(pipeline_video_id="another", course_id=ANOTHER_COURSE)
        assert len(api.rows(self.url(), {"course_id": DEMO_COURSE})) == 1
        response = api.get(self.url(), {"course_id": ANOTHER_COURSE})
        assert response.status_code == 404
        assert response.json()["error_code"] == "not_found"

    def test_without_course_no_video_is_asked_for(self, api):
        VideoTimelineFactory(pipeline_video_id="video")
        assert len(api.rows(self.url())) == 1

"""The pages about activity, videos, problems, answers and outcomes show the figures of the API."""

from urllib.parse import quote

import pytest

from analytics_data_api.simulation.documented import DEMO_COURSE
from analytics_data_api.v0.models import CourseBlockRecord
from tests.support.factories import ProblemFirstLastResponseAnswerDistributionFactory, VideoFactory
from tests.support.pages import reader

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = f"/courses/{DEMO_COURSE}/"
API = f"/api/v0/courses/{DEMO_COURSE}/"
demo = pytest.mark.usefixtures("demo_data")
NEW = "course-v1:edX+DemoX+Outline"


def plain(number):
    return int(number.replace(",", ""))


@demo
def test_engagement(api):
    weeks = api.rows(f"{API}activity/", {"start_date": "2000-01-01"})
    page = reader().read(f"{COURSE}engagement/")
    series = page.series("weeks")
    for name in ("any", "attempted_problem", "played_video", "posted_forum"):
        assert list(series[name].values()) == [week.get(name, 0) for week in weeks]
    assert page.cards["Active"] == str(weeks[-1]["any"])
    assert "enrolled" in page.text and plain(page.table("weeks")[0]["Active"]) == weeks[-1]["any"]


@demo
def test_videos(api):
    videos = api.rows(f"{API}videos/")
    page = reader().read(f"{COURSE}videos/")
    assert [plain(row["Videos"]) for row in page.table("views")] == [1] * len(videos)
    started = sum(video["users_at_start"] for video in videos)
    assert sum(plain(row["Complete"]) + plain(row["Incomplete"]) for row in page.table("views")) == started
    assert "the course's outline is not known" in page.text


@demo
def test_video(api):
    video = api.rows(f"{API}videos/")[1]
    segments = api.rows(f"/api/v0/videos/{video['pipeline_video_id']}/timeline/")
    page = reader().read(f"{COURSE}videos/{quote(video['pipeline_video_id'])}/")
    series = page.series("timeline-rows")
    assert series["viewers"] == {row["segment"] * 5: row["num_users"] for row in segments}
    assert list(series["replays"].values()) == [row["num_views"] - row["num_users"] for row in segments]
    assert page.cards["Started"] == str(video["users_at_start"])
    assert any(text.startswith("Previous:") for text in page.links())


@demo
def test_problems(api):
    problems = api.rows(f"{API}problems/")
    pages = [reader().read(f"{COURSE}problems/", kind=kind) for kind in ("graded", "ungraded")]
    rows = [row for page in pages for row in page.table("submissions")]
    assert sum(plain(row["Problems"]) for row in rows) == len(problems)
    totals = [round(float(row["Submissions"].replace(",", "")) * plain(row["Problems"])) for row in rows]
    assert sum(totals) == sum(problem["total_submissions"] for problem in problems)


@demo
def test_problem(api):
    module_id = next(p["module_id"] for p in api.rows(f"{API}problems/") if len(p["part_ids"]) == 1)
    answers = api.rows(f"/api/v0/problems/{module_id}/answer_distribution/", {"course_id": DEMO_COURSE})
    page = reader().read(f"{COURSE}problems/{quote(module_id)}/")
    assert list(page.series("answers")["last"].values()) == sorted((a["count"] for a in answers), reverse=True)[:12]
    assert [row["Correct"] for row in page.table("answers")].count("Yes") == sum(a["correct"] for a in answers)
    assert page.cards["Last submissions"] == str(sum(a["count"] for a in answers))


@demo
def test_problem_with_several_parts(api):
    problem = next(p for p in api.rows(f"{API}problems/") if len(p["part_ids"]) > 1)
    path = f"{COURSE}problems/{quote(problem['module_id'])}/"
    page = reader().read(path)
    second = page.links()["Part 2"]
    assert second == f"?part={quote(problem['part_ids'][1])}"
    answers = api.rows(f"/api/v0/problems/{problem['module_id']}/answer_distribution/", {"course_id": DEMO_COURSE})
    counts = [a["count"] for a in answers if a["part_id"] == problem["part_ids"][1]]
    page = reader().read(path, part=problem["part_ids"][1])
    assert sorted(page.series("answers")["last"].values()) == sorted(counts)


@demo
def test_outcomes(api):
    problems = api.rows(f"{API}problems_and_tags/")
    page = reader().read(f"{COURSE}outcomes/")
    values = {value for problem in problems for value in problem["tags"]["learning_outcome"]}
    assert {row["Learning outcome"] for row in page.table("tagged")} == values
    one = sorted(values)[0]
    page = reader().read(f"{COURSE}outcomes/", tag="learning_outcome", value=one)
    assert len(page.table("tagged")) == sum(one in problem["tags"]["learning_outcome"] for problem in problems)


@demo
@pytest.mark.parametrize(
    "path",
    [
        "videos/nothing/",
        "problems/nothing/",
        "outcomes/?tag=nothing",
        f"problems/{quote('i4x://a/b/problem/c')}/?part=x",
    ],
)
def test_unknown_things_are_pages_that_say_so(path):
    response = reader().get(f"{COURSE}{path}")
    assert response.status_code == 404 and "nothing" in response.content.decode().lower()


@demo
def test_days_of_a_learner(api):
    username = api.rows("/api/v0/learners/", {"course_id": DEMO_COURSE})["results"][0]["username"]
    days = api.rows(f"/api/v0/engagement_timelines/{username}/", {"course_id": DEMO_COURSE})["days"]
    page = reader().read(f"/courses/{DEMO_COURSE}/learners/{username}/")
    for name, values in page.series("learner-days").items():
        assert values == {day["date"]: day[name] for day in days}


def test_an_unknown_kind_is_refused():
    response = reader().get(f"/courses/{NEW}/problems/", {"kind": "hard"})
    assert response.status_code == 400 and "graded, ungraded" in response.content.decode()


@pytest.fixture
def outline():
    """Store a course of two sections: homework and a video in the first, practice in the second."""
    block = f"block-v1:{NEW.partition(':')[2]}+type@"
    placed = [
        ("problem", "p1", "Sums", "One", "Homework 1", True, "Homework"),
        ("problem", "p2", "Products", "One", "Homework 1", True, "Homework"),
        ("problem", "p3", "Play", "Two", "Practice", False, None),
        ("video", "v1", "Welcome", "One", "Start", False, None),
        ("video", "v2", "More", "Two", "Practice", False, None),
    ]
    for position, (kind, id, title, section, subsection, graded, format) in enumerate(placed):
        CourseBlockRecord.objects.using("analytics").create(
            created="2026-01-01T00:00Z",
            record_key=id,
            record_deleted=False,
            course_id=NEW,
            block_id=f"{block}{kind}+block@{id}",
            type=kind,
            title=title,
            section=section,
            subsection=subsection,
            graded=graded,
            format=format,
            position=position,
        )
    for id, correct in (("p1", 3), ("p2", 1), ("p3", 2)):
        for is_correct, count in ((True, correct), (False, 4 - correct)):
            ProblemFirstLastResponseAnswerDistributionFactory(
                course_id=NEW, module_id=f"{block}problem+block@{id}", part_id=f"{id}_2_1", correct=is_correct,
                value_id=f"choice_{is_correct}", first_response_count=1, last_response_count=count,
                problem_display_name=None,
            )  # fmt: skip
    for id, end in (("v2", 5), ("v1", 1)):
        VideoFactory(
            course_id=NEW, pipeline_video_id=f"{NEW}|{id}", encoded_module_id=id, users_at_start=10, users_at_end=end
        )
    return block


@pytest.mark.usefixtures("outline")
class TestOutline:
    def test_videos_by_section(self):
        page = reader().read(f"/courses/{NEW}/videos/")
        assert [(row["Name"], row["Complete"]) for row in page.table("views")] == [("One", "1"), ("Two", "5")]
        assert page.links()["One"] == "?section=One"
        page = reader().read(f"/courses/{NEW}/videos/", section="One")
        assert [row["Name"] for row in page.table("views")] == ["Start"]
        assert page.links()["Next: Two"] == "?section=Two"
        page = reader().read(f"/courses/{NEW}/videos/", section="One", subsection="Start")
        assert [row["Name"] for row in page.table("views")] == ["Welcome"]

    def test_video_has_its_name_and_its_neighbour(self):
        page = reader().read(f"/courses/{NEW}/videos/{NEW}|v1/")
        assert page.title == "Welcome" and "Next: More" in page.links()

    def test_graded_problems_by_assignment(self):
        page = reader().read(f"/courses/{NEW}/problems/")
        assert [(row["Name"], row["Problems"], row["Correct"]) for row in page.table("submissions")] == [
            ("Homework", "2", "2")
        ]
        assert page.cards == {"Homework": "100.0"}
        page = reader().read(
            f"/courses/{NEW}/problems/", kind="graded", assignment_type="Homework", assignment="Homework 1"
        )
        assert [row["Name"] for row in page.table("submissions")] == ["Sums", "Products"]

    def test_ungraded_problems(self):
        page = reader().read(f"/courses/{NEW}/problems/", kind="ungraded")
        assert [row["Name"] for row in page.table("submissions")] == ["Two"]

    def test_blocks_that_only_logs_know_have_no_place(self):
        CourseBlockRecord.objects.using("analytics").update(section=None, subsection=None, graded=None)
        page = reader().read(f"/courses/{NEW}/problems/")
        assert [row["Name"] for row in page.table("submissions")] == ["Sums", "Products", "Play"]
        assert "the course's outline is not known" in page.text

    def test_problem_has_its_name(self, outline):
        assert reader().read(f"/courses/{NEW}/problems/{outline}problem+block@p1/").title == "Sums"

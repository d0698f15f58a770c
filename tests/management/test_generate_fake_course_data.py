"""The rows of the invented course are believable, agree with each other, and replace older rows."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from math import inf
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command

from analytics_data_api.constants import ENROLLMENT_MODES, METRICS
from analytics_data_api.simulation.course import FakeCourse
from analytics_data_api.simulation.engagement import engagement_by_learner, metric_bounds
from analytics_data_api.simulation.learners import MAXIMUM_LEARNERS, MINIMUM_LEARNERS, invented_learners
from analytics_data_api.simulation.replace import replace_course
from analytics_data_api.simulation.tables import course_tables
from analytics_data_api.v0 import models
from analytics_data_api.v0.checks import KEYS
from tests.support.factories import CourseEnrollmentDailyFactory, VideoFactory, VideoTimelineFactory

NEW_STYLE = "course-v1:edX+DemoX+Demo_Course"
OLD_STYLE = "edX/Ünï.X/2014"
END = date(2026, 3, 3)
ANALYTICS = pytest.mark.django_db(databases=["analytics"])
BOTH = pytest.mark.django_db(databases=["analytics", "analytics_v1"])
# A second load of the same roster gives these fields other values.
VARYING = ("id", "roster_id", "facet_id")
TABLES = list(KEYS)


def course(course_id=NEW_STYLE, seed=1, end=END, num_weeks=10):
    return FakeCourse(course_id, seed=seed, end=end, num_weeks=num_weeks)


@pytest.fixture(scope="module", params=[(NEW_STYLE, 1, 10), (OLD_STYLE, 7, 1), (NEW_STYLE, 3, 60)])
def made(request):
    """Return a course and its tables, for several ids, seeds and lengths."""
    course_id, seed, num_weeks = request.param
    made_course = course(course_id, seed, num_weeks=num_weeks)
    return made_course, course_tables(made_course)


def by(rows, key):
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def test_same_seed_and_day_give_the_same_rows():
    tables = course_tables(course())
    assert course_tables(course()) == tables
    for other in (course(seed=2), course(end=END + timedelta(days=1)), course(course_id=OLD_STYLE)):
        assert course_tables(other)[models.CourseEnrollmentDaily] != tables[models.CourseEnrollmentDaily]


def test_every_table_has_rows(made):
    _, tables = made
    assert set(tables) == set(TABLES)
    assert all(tables.values())


def test_daily_rows_are_of_each_day_up_to_yesterday(made):
    fake, tables = made
    days = [END - timedelta(days=number) for number in range(7 * fake.num_weeks, 0, -1)]
    for model in (
        models.CourseEnrollmentDaily,
        models.CourseEnrollmentModeDaily,
        models.CourseEnrollmentByGender,
    ):
        assert list(by(tables[model], "date")) == days
    for model in (
        models.CourseEnrollmentByBirthYear,
        models.CourseEnrollmentByEducation,
        models.CourseEnrollmentByCountry,
    ):
        assert list(by(tables[model], "date")) == days[-1:]
    assert {row["interval_end"] - row["interval_start"] for row in tables[models.CourseActivityWeekly]} == {
        timedelta(days=7)
    }
    ends = sorted(by(tables[models.CourseActivityWeekly], "interval_end"))
    assert len(ends) == fake.num_weeks
    # The week of the last day is not over.
    assert ends[-1] == datetime(2026, 3, 2, tzinfo=UTC)


def test_shares_add_up_to_the_enrollment_of_their_day(made):
    _, tables = made
    enrollment = {row["date"]: row["count"] for row in tables[models.CourseEnrollmentDaily]}
    for model, column in (
        (models.CourseEnrollmentModeDaily, "mode"),
        (models.CourseEnrollmentByBirthYear, "birth_year"),
        (models.CourseEnrollmentByEducation, "education_level"),
        (models.CourseEnrollmentByGender, "gender"),
        (models.CourseEnrollmentByCountry, "country_code"),
    ):
        for day, rows in by(tables[model], "date").items():
            assert sum(row["count"] for row in rows) == enrollment[day]
            assert len({row[column] for row in rows}) == len(rows)
        if column != "mode":
            assert any(row[column] is None for row in tables[model])


def test_modes(made):
    _, tables = made
    for rows in by(tables[models.CourseEnrollmentModeDaily], "mode").values():
        assert all(row["cumulative_count"] >= row["count"] for row in rows)
    for rows in by(tables[models.CourseEnrollmentModeDaily], "date").values():
        assert sum(row["cumulative_count"] for row in rows) >= sum(row["count"] for row in rows)
    assert set(by(tables[models.CourseEnrollmentModeDaily], "mode")) == set(ENROLLMENT_MODES)


def test_enrollment_rises_fast_and_then_slowly():
    counts = [row["count"] for row in course_tables(course())[models.CourseEnrollmentDaily]]
    assert MINIMUM_LEARNERS * 0.8 < counts[-1] < MAXIMUM_LEARNERS
    assert counts[20] > counts[-1] / 2
    assert counts[20] - counts[0] > 3 * (counts[-1] - counts[-21]) > 0


def test_any_activity_is_at_least_each_kind_of_it(made):
    _, tables = made
    for week in by(tables[models.CourseActivityWeekly], "interval_start").values():
        counts = {row["label"]: row["count"] for row in week}
        assert counts["ACTIVE"] == max(counts.values())


def test_activity_is_the_engagement(made):
    _, tables = made
    labels = {"PLAYED_VIDEO": "viewed", "ATTEMPTED_PROBLEM": "attempted", "POSTED_FORUM": "contributed"}
    engaged = by(tables[models.ModuleEngagement], "date")
    for row in tables[models.CourseActivityWeekly]:
        start = row["interval_start"].date()
        if row["label"] in labels:
            days = [start + timedelta(days=number) for number in range(7)]
            learners = {
                event["username"] for day in days for event in engaged[day] if event["event"] == labels[row["label"]]
            }
            assert len(learners) == row["count"]


def test_engagement_is_of_learners_while_they_are_enrolled(made):
    fake, tables = made
    learners = {learner.username: learner for learner in invented_learners(fake)}
    rows = tables[models.ModuleEngagement]
    assert all(learners[row["username"]].enrolled_on(row["date"]) for row in rows)
    keys = Counter((row["username"], row["date"], row["entity_id"], row["event"]) for row in rows)
    assert keys.most_common(1)[0][1] == 1
    completed = {(row["username"], row["entity_id"]) for row in rows if row["event"] == "completed"}
    assert completed <= {(row["username"], row["entity_id"]) for row in rows if row["event"] == "attempted"}
    assert fake.start <= min(row["date"] for row in rows) < max(row["date"] for row in rows) < END


def test_engagement_names_modules_of_the_course(made):
    _, tables = made
    entities = {
        "problem": {row["module_id"] for row in tables[models.ProblemFirstLastResponseAnswerDistribution]},
        "video": {row["encoded_module_id"] for row in tables[models.Video]},
        "discussion": None,
    }
    for entity_type, rows in by(tables[models.ModuleEngagement], "entity_type").items():
        known = entities[entity_type]
        assert known is None or {row["entity_id"] for row in rows} <= known


def test_learners_are_told_apart(made):
    fake, _ = made
    learners = invented_learners(fake)
    assert MINIMUM_LEARNERS <= len(learners) <= MAXIMUM_LEARNERS
    for attribute in ("username", "email", "user_id"):
        assert len({str(getattr(learner, attribute)).lower() for learner in learners}) == len(learners)
    assert all(learner.username.isascii() and learner.username.islower() for learner in learners)
    assert any(not learner.name.isascii() for learner in learners)


def test_metric_ranges_are_of_the_last_week_and_hold_its_learners(made):
    _, tables = made
    rows = tables[models.ModuleEngagementMetricRanges]
    assert {(row["start_date"], row["end_date"]) for row in rows} == {(END - timedelta(days=7), END)}
    assert set(by(rows, "metric")) == {*METRICS, "problem_attempts"}
    metrics = engagement_by_learner(tables[models.ModuleEngagement], END - timedelta(days=7), END)
    for metric, bounds in by(rows, "metric").items():
        assert "normal" in {row["range_type"] for row in bounds}
        for learner in metrics.values():
            value = learner.metrics()[metric]
            matching = [row for row in bounds if value is not None and in_range(value, row)]
            assert len(matching) == (value is not None)


def in_range(value, row):
    return (
        row["low_value"] is not None
        and row["low_value"] <= value
        and (row["high_value"] is None or value < row["high_value"])
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [("normal", 0, None)]),
        ([0, 0, 0], [("normal", 0, None)]),
        ([1, 1, 1], [("low", 0, 1), ("normal", 1, None)]),
        ([0, 0, 0, 1], [("normal", 0, 0.55), ("high", 0.55, None)]),
        ([1, 2, 3, inf, inf], [("low", 0, 1.6), ("normal", 1.6, None), ("high", None, None)]),
        ([1, inf, inf, inf], [("low", 0, None), ("normal", None, None)]),
    ],
)
def test_ranges(values, expected):
    assert [tuple(row.values()) for row in metric_bounds(values)] == [
        (name, low if low is None else pytest.approx(low), high if high is None else pytest.approx(high))
        for name, low, high in expected
    ]


def test_answers(made):
    _, tables = made
    rows = tables[models.ProblemFirstLastResponseAnswerDistribution]
    parts = [len(by(problem, "part_id")) for problem in by(rows, "module_id").values()]
    assert set(parts) == {1, 2, 3}
    for part in by(rows, "part_id").values():
        assert {True, False} == {row["correct"] for row in part}
        assert sum(row["first_response_count"] for row in part) == sum(row["last_response_count"] for row in part)
        answers = [(row["value_id"], row["answer_value"], row["variant"]) for row in part]
        assert len(set(answers)) == len(answers)
    assert any(row["value_id"] is None for row in rows)
    assert any((row["value_id"] or "").startswith("[") for row in rows)
    assert {1, 2, 3, None} == {row["variant"] for row in rows}


def test_grades_and_tags_agree_with_the_answers(made):
    _, tables = made
    answers = by(tables[models.ProblemFirstLastResponseAnswerDistribution], "module_id")
    grades = by(tables[models.GradeDistribution], "module_id")
    tags = by(tables[models.ProblemsAndTags], "module_id")
    assert set(answers) == set(grades) == set(tags)
    for module_id, rows in answers.items():
        parts = len(by(rows, "part_id"))
        total = sum(row["last_response_count"] for row in rows)
        correct = sum(row["last_response_count"] for row in rows if row["correct"])
        assert sum(row["count"] for row in grades[module_id]) * parts == total
        assert sum(row["count"] * row["grade"] for row in grades[module_id]) == correct
        assert {row["max_grade"] for row in grades[module_id]} == {parts}
        # A learner who submits a problem three times counts three times.
        assert all(row["total_submissions"] >= total // parts for row in tags[module_id])
        assert all(row["correct_submissions"] <= row["total_submissions"] for row in tags[module_id])
    assert any(
        len({row["tag_value"] for row in rows if row["tag_name"] == "learning_outcome"}) > 1 for rows in tags.values()
    )


def test_videos_agree_with_their_timelines(made):
    _, tables = made
    timelines = by(tables[models.VideoTimeline], "pipeline_video_id")
    for video in tables[models.Video]:
        timeline = timelines.pop(video["pipeline_video_id"])
        segments = {row["segment"]: row["num_users"] for row in timeline}
        assert list(segments) == sorted(segments)
        assert max(segments) <= video["duration"] // video["segment_length"]
        end = int(max(video["duration"] - 30, video["duration"] * 0.95)) // video["segment_length"]
        assert (segments[0], segments.get(end, 0)) == (video["users_at_start"], video["users_at_end"])
        assert all(row["num_views"] >= row["num_users"] for row in timeline)
        assert max(row["num_users"] for row in timeline) == video["users_at_start"] >= video["users_at_end"]
    assert not timelines


def test_summary_agrees_with_the_daily_enrollment(made):
    fake, tables = made
    daily = {(row["mode"], row["date"]): row for row in tables[models.CourseEnrollmentModeDaily]}
    yesterday, week_before = END - timedelta(days=1), END - timedelta(days=8)
    for row in tables[models.CourseMetaSummaryEnrollment]:
        last = daily[row["enrollment_mode"], yesterday]
        before = daily.get((row["enrollment_mode"], week_before), {"count": 0})
        assert (row["count"], row["cumulative_count"]) == (last["count"], last["cumulative_count"])
        assert row["count_change_7_days"] == (last["count"] - before["count"] if fake.num_weeks > 1 else None)
        assert 0 <= row["passing_users"] <= row["cumulative_count"]
        assert row["start_time"].date() == fake.start < END < row["end_time"].date()
    assert len({row["program_id"] for row in tables[models.CourseProgramMetadata]}) == 2


@pytest.mark.parametrize(
    ("course_id", "module_id", "video_id"),
    [
        (NEW_STYLE, "block-v1:edX+DemoX+Demo_Course+type@problem+block@", f"{NEW_STYLE}|"),
        (OLD_STYLE, "i4x://edX/Ünï.X/problem/", f"{OLD_STYLE}|i4x-edX-Ünï_X-video-"),
    ],
)
def test_ids_are_of_the_style_of_the_course(course_id, module_id, video_id):
    tables = course_tables(course(course_id, num_weeks=1))
    assert all(row["module_id"].startswith(module_id) for row in tables[models.GradeDistribution])
    assert all(row["pipeline_video_id"].startswith(video_id) for row in tables[models.Video])


@pytest.mark.parametrize(("end", "num_weeks"), [(date(2000, 1, 1), 520), (date(2100, 1, 1), 1)])
def test_longest_and_shortest(end, num_weeks):
    tables = course_tables(course(end=end, num_weeks=num_weeks))
    assert all(tables.values())
    assert len(tables[models.CourseEnrollmentDaily]) == 7 * num_weeks


# With a database.


def generate(**options):
    out = StringIO()
    call_command(
        "generate_fake_course_data",
        **{"end_date": END.isoformat(), "no_progress": True, "force": True} | options,
        stdout=out,
    )
    return out.getvalue()


def current(model, using):
    """Return the rows that are shown: a roster that has been replaced stays for a while."""
    rows = model.objects.using(using)
    return rows.filter(roster__state="current") if model is models.RosterLearner else rows


def contents(using="analytics"):
    return {
        model: sorted(
            map(
                repr,
                current(model, using).values_list(
                    *(field.attname for field in model._meta.fields if field.attname not in VARYING)
                ),
            )
        )
        for model in [*TABLES, models.RosterLearner]
    }


@ANALYTICS
def test_a_second_run_replaces_and_leaves_other_courses_alone():
    others = [CourseEnrollmentDailyFactory(), VideoTimelineFactory()]
    first_output = generate()
    first = contents()
    assert generate() == first_output
    assert contents() == first
    generate(seed=2, num_weeks=2)
    assert contents()[models.CourseEnrollmentDaily] != first[models.CourseEnrollmentDaily]
    assert models.CourseEnrollmentDaily.objects.filter(course_id=NEW_STYLE).count() == 14
    ids = models.Video.objects.filter(course_id=NEW_STYLE).values("pipeline_video_id")
    assert models.VideoTimeline.objects.exclude(pipeline_video_id__in=ids).count() == 1
    for row in others:
        row.refresh_from_db()


@ANALYTICS
def test_output_tells_the_rows_of_each_table():
    output = dict(line.split() for line in generate(num_weeks=1).splitlines())
    assert {table: int(count) for table, count in output.items()} == {
        model._meta.db_table: model.objects.count() for model in [*TABLES, models.RosterLearner]
    }
    assert set(models.CourseEnrollmentDaily.objects.values_list("created", flat=True)) == {
        datetime(2026, 3, 3, tzinfo=UTC)
    }


@ANALYTICS
def test_timelines_that_another_courses_video_shares_stay_as_they_are():
    generate(num_weeks=1, force=True)
    shared, own = models.Video.objects.order_by("id")[:2]
    VideoFactory(course_id=OLD_STYLE, pipeline_video_id=shared.pipeline_video_id)
    before = list(models.VideoTimeline.objects.filter(pipeline_video_id=shared.pipeline_video_id).values())
    generate(num_weeks=1, force=True)
    assert before == list(models.VideoTimeline.objects.filter(pipeline_video_id=shared.pipeline_video_id).values())
    generate(num_weeks=1, seed=2, force=True)
    assert before == list(models.VideoTimeline.objects.filter(pipeline_video_id=shared.pipeline_video_id).values())
    assert not models.VideoTimeline.objects.filter(pipeline_video_id=own.pipeline_video_id).exists()


@BOTH
def test_database_option():
    generate(num_weeks=1, database="analytics_v1")
    assert models.Video.objects.using("analytics_v1").exists()
    assert not models.Video.objects.using("analytics").exists()


@ANALYTICS
def test_last_day_is_yesterday_unless_told():
    before = datetime.now(UTC).date()
    generate(num_weeks=1, end_date=None)
    last = models.CourseEnrollmentDaily.objects.latest("date").date
    assert before <= last + timedelta(days=1) <= datetime.now(UTC).date()


@ANALYTICS
def test_interrupted_it_changes_nothing():
    generate(num_weeks=1)
    before = contents()
    fake = course(seed=2)
    written = []

    def interrupt(rows):
        written.append(rows)
        if len(written) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_course(fake, course_tables(fake), using="analytics", progress=interrupt)
    assert contents() == before


@ANALYTICS
def test_interrupted_it_says_so(monkeypatch):
    command = "analytics_data_api.management.commands.generate_fake_course_data"

    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"{command}.replace_course", interrupted)
    with pytest.raises(CommandError, match="interrupted: nothing was changed") as error:
        generate()
    assert error.value.returncode == 130


@ANALYTICS
@pytest.mark.parametrize(("options", "shown"), [({}, True), ({"verbosity": 0}, False)])
def test_progress_bar(capfd, options, shown):
    output = generate(num_weeks=1, no_progress=False, **options)
    assert ("100%" in capfd.readouterr().err) == bool(output) == shown
    generate(num_weeks=1, **options)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"course_id": "nonsense"}, "--course-id is 'nonsense': it is malformed"),
        ({"course_id": ""}, "--course-id is '': it is malformed"),
        ({"course_id": "edX/DemoX/Demo\n"}, "it is malformed"),
        ({"course_id": "library-v1:edX+DemoX"}, "it is the id of a library"),
        ({"course_id": f"course-v1:edX+{'x' * 200}+2014"}, "too long by "),
        ({"num_weeks": 0}, "--num-weeks is 0: choose 1 to 520"),
        ({"num_weeks": -3}, "choose 1 to 520"),
        ({"num_weeks": 521}, "choose 1 to 520"),
        ({"database": "nowhere"}, "there is no database 'nowhere': choose one of default, analytics, analytics_v1"),
        ({"end_date": "yesterday"}, "--end-date is 'yesterday': give a date as YYYY-MM-DD"),
        ({"end_date": "2026-02-30"}, "give a date as YYYY-MM-DD"),
        ({"end_date": "1999-12-31"}, "choose 2000-01-01 to 2100-01-01"),
        ({"end_date": "2100-01-02"}, "choose 2000-01-01 to 2100-01-01"),
    ],
)
def test_bad_options_are_one_clear_line(options, message):
    with pytest.raises(CommandError) as error:
        generate(**options)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.django_db(databases=["default", "analytics"])
@pytest.mark.parametrize("course_id", [NEW_STYLE, OLD_STYLE])
def test_endpoints_answer(api, course_id):
    generate(course_id=course_id, num_weeks=2)
    course_path = f"/api/v0/courses/{quote(course_id)}"
    for endpoint in ("activity", "recent_activity", "videos", "enrollment", "enrollment/mode", "enrollment/location"):
        assert api.rows(f"{course_path}/{endpoint}/")
    assert len(api.rows(f"{course_path}/enrollment/", {"start_date": "2026-02-17", "end_date": "2026-03-03"})) == 14
    video = models.Video.objects.filter(course_id=course_id)[0]
    timeline = api.rows(f"/api/v0/videos/{quote(video.pipeline_video_id)}/timeline/")
    assert timeline[0]["num_users"] == video.users_at_start

    answers = models.ProblemFirstLastResponseAnswerDistribution.objects.filter(course_id=course_id)
    consolidated = {}
    for name, module_id in answers.values_list("problem_display_name", "module_id").distinct():
        rows = api.rows(f"/api/v0/problems/{quote(module_id)}/answer_distribution/")
        kind = name.rstrip("0123456789 ")
        consolidated.setdefault(kind, set()).update(row["consolidated_variant"] for row in rows)
        assert api.rows(f"/api/v0/problems/{quote(module_id)}/grade_distribution/")
    assert consolidated.pop("Shuffled Capitals") == {True}
    assert all(values == {False} for values in consolidated.values())

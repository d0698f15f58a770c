"""Loads of roster files: what they read, what stops them, what they say, and that they change all or nothing."""

import gzip
import io
import random
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics_data_api.roster import load as load_module
from analytics_data_api.roster import writing
from analytics_data_api.tests.rosters import COURSE, lines, load
from analytics_data_api.v0 import models

OTHER = "edX/Other/2026"
TABLES = (models.Roster, models.RosterFacet, models.RosterLearner, models.RosterTerm, models.RosterPrefix)

pytestmark = pytest.mark.django_db(databases="__all__")


def usernames(course_id=COURSE, using="analytics"):
    """Who stands in the current roster of a course."""
    learners = models.RosterLearner.objects.using(using).filter(roster__course_id=course_id, roster__state="current")
    return list(learners.order_by("id").values_list("username", flat=True))


def contents():
    return [sorted(map(repr, model.objects.values_list())) for model in TABLES]


def run(*files, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("load_roster", *map(str, files), stdout=out, stderr=err, **{"no_progress": True, **options})
    return out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path):
    def written(content, name="learners.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return written


@pytest.fixture
def old_rosters():
    """Rosters that a load is to replace, or to leave as they are."""
    load(COURSE, [{"username": "old"}])
    load(OTHER, [{"username": "old"}])
    return contents()


NAMES = [{"username": name} for name in ("grace", "ada", "zoë")]


class TestFiles:
    def test_plain(self, write):
        out, err = run(write(lines(NAMES)))
        assert usernames() == ["ada", "grace", "zoë"]
        assert out == f"{COURSE}: 3 learners\nLoaded 3 learners of 1 courses.\n"
        assert err == ""

    @pytest.mark.parametrize("name", ["learners.jsonl.gz", "learners", "learners.jsonl"])
    def test_gzip_whatever_its_name(self, write, name):
        run(write(gzip.compress(lines(NAMES)), name))
        assert usernames() == ["ada", "grace", "zoë"]

    def test_gzip_of_several_parts(self, write):
        run(write(gzip.compress(lines(NAMES[:1])) + gzip.compress(lines(NAMES[1:]))))
        assert usernames() == ["ada", "grace", "zoë"]

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_standard_input(self, monkeypatch, pack):
        stream = io.BufferedReader(io.BytesIO(pack(lines(NAMES))))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        run("-")
        assert usernames() == ["ada", "grace", "zoë"]

    def test_several_files(self, write):
        out, _err = run(
            write(lines(NAMES[:1]), "a"), write(gzip.compress(lines(NAMES[1:])), "b"), write(lines(NAMES, OTHER), "c")
        )
        assert usernames() == usernames(OTHER) == ["ada", "grace", "zoë"]
        assert out.splitlines() == [f"{COURSE}: 3 learners", f"{OTHER}: 3 learners", "Loaded 6 learners of 2 courses."]

    def test_marks_blank_lines_and_ends_of_lines(self, write):
        content = b"\xef\xbb\xbf" + lines(NAMES).replace(b"\n", b"\r\n\n  \t\n")
        run(write(content.rstrip()))
        assert usernames() == ["ada", "grace", "zoë"]

    def test_an_empty_file_changes_nothing(self, write, old_rosters):
        assert run(write(b""))[0] == "Loaded 0 learners of 0 courses.\n"
        assert contents() == old_rosters

    def test_database_option(self, write):
        run(write(lines(NAMES)), database="analytics_v1")
        assert usernames(using="analytics_v1") == ["ada", "grace", "zoë"]
        assert usernames() == []

    def test_no_such_database(self, write):
        with pytest.raises(CommandError, match="no database 'nowhere': choose from default, analytics, analytics_v1"):
            run(write(b""), database="nowhere")

    def test_unknown_keys_are_named_once(self, write):
        _out, err = run(
            write(lines([{**learner, "nick": 1, "zip": 2} for learner in NAMES] + [{"username": "x", "a": 1}]))
        )
        assert err.splitlines() == [
            "Warning: the unknown key 'a' of 1 lines was left out.",
            "Warning: the unknown key 'nick' of 3 lines was left out.",
            "Warning: the unknown key 'zip' of 3 lines was left out.",
        ]

    def test_progress_and_silence(self, write, capfd):
        path = write(lines(NAMES))
        run(path, no_progress=False)
        shown = capfd.readouterr().err
        assert "read: 100%" in shown and "write" in shown
        run(path)
        run(path, no_progress=False, verbosity=0)
        assert capfd.readouterr().err == ""


GOOD = lines(NAMES)
STOPPED = {
    "bad value": (GOOD + lines([{"username": "x", "videos_viewed": -1}]), "learners.jsonl, line 4: videos_viewed -1: "),
    "after blank lines": (
        GOOD + b"\n\n" + lines([{"username": "x", "cohort": 5}]),
        "learners.jsonl, line 6: cohort 5: ",
    ),
    "no course": (GOOD + b'{"username": "x"}', "learners.jsonl, line 4: course_id is missing"),
    "no JSON": (GOOD + b"nonsense", "learners.jsonl, line 4: nonsense is not JSON"),
    "another encoding": (GOOD + '{"name": "Zoë"}'.encode("latin-1"), "learners.jsonl, line 4: "),
    "cut gzip": (gzip.compress(GOOD * 1000)[:-20], "the file cannot be read on"),
    "gzip without its check": (gzip.compress(GOOD)[:-8], "the file cannot be read on"),
    "damaged gzip": (gzip.compress(GOOD)[:15] + b"\x00" * 30, "the file cannot be read on"),
    "twice": (
        GOOD + lines([{"username": "x"}, {"username": "grace"}]),
        f"learners.jsonl, line 5: username 'grace' stands in course {COURSE!r} already: ",
    ),
}


class TestNothingChanges:
    @pytest.mark.parametrize("case", STOPPED)
    def test_bad_files(self, write, old_rosters, case):
        content, message = STOPPED[case]
        good = write(lines([{"username": "new"}], OTHER), "good.jsonl")
        path = write(content)
        with pytest.raises(CommandError) as error:
            run(good, path)
        assert message in str(error.value)
        assert path in str(error.value) and str(error.value).endswith("Nothing has changed.")
        assert "\n" not in str(error.value)
        assert contents() == old_rosters

    def test_a_learner_twice_names_both_lines(self, write, old_rosters):
        first, second = write(b"\n" + lines(NAMES), "first"), write(gzip.compress(lines(NAMES[:1])), "second.gz")
        with pytest.raises(CommandError) as error:
            run(first, second)
        assert str(error.value).startswith(f"{second}, line 1: username 'grace'")
        assert f"already: {first}, line 2" in str(error.value)
        assert contents() == old_rosters

    def test_one_learner_in_two_courses_is_no_error(self, write):
        run(write(lines(NAMES) + lines(NAMES, OTHER)))
        assert usernames() == usernames(OTHER)

    def test_missing_files(self, write, tmp_path, old_rosters):
        for path, message in [(tmp_path / "missing", "No such file"), (tmp_path, "Is a directory")]:
            with pytest.raises(CommandError, match=message) as error:
                run(write(GOOD), path)
            assert str(path) in str(error.value)
        assert contents() == old_rosters

    @pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
    def test_a_load_that_ends_while_it_writes(self, write, old_rosters, monkeypatch, error):
        monkeypatch.setattr(writing, "COMMIT_SIZE", 2)
        path = write(lines([{"username": "new"}], OTHER) + GOOD)
        made = {"stage_terms": load_module.Staging.stage_terms, "courses": []}

        def interrupted(staging, course_id):
            made["courses"].append(course_id)
            if len(made["courses"]) == 2:
                raise error
            made["stage_terms"](staging, course_id)

        monkeypatch.setattr(load_module.Staging, "stage_terms", interrupted)
        expected = CommandError if error is KeyboardInterrupt else error
        with pytest.raises(expected, match="interrupted. The old rosters stand." if expected is CommandError else None):
            run(path)
        assert len(made["courses"]) == 2
        assert contents() == old_rosters
        monkeypatch.undo()
        run(path)
        assert (usernames(), usernames(OTHER)) == (["ada", "grace", "zoë"], ["new"])


class TestReload:
    PEOPLE = [
        {
            "username": f"u{number:03}",
            "name": f"Nr {number} 山田",
            "email": f"u{number}+x@example.com",
            "cohort": f"c{number % 3}",
            "segments": ["a", "b"][: number % 3],
            "problem_attempts_per_completed": number / 7 or None,
            "videos_viewed": number % 5,
            "last_updated": "2026-03-09",
        }
        for number in range(50)
    ]

    def shown(self, api):
        answers = []
        for parameters in ({}, {"order_by": "videos_viewed", "sort_order": "desc"}, {"text_search": "u1* 山"}):
            parameters = {"course_id": COURSE, "page_size": 50, "highlight": "true", **parameters}
            answers.append(api.rows("/api/v0/learners/", parameters))
        answers.append(api.rows(f"/api/v0/learners/courses/{COURSE}/"))
        answers.append(api.rows("/api/v0/learners/u007/", {"course_id": COURSE}))
        return answers

    def test_nothing_that_is_shown_changes_and_nothing_is_left(self, api):
        load(COURSE, self.PEOPLE)
        before, sizes = self.shown(api), [len(rows) for rows in contents()]
        load(COURSE, self.PEOPLE)
        assert self.shown(api) == before
        assert [len(rows) for rows in contents()] == sizes

    @pytest.mark.parametrize("seed", range(3))
    def test_the_order_of_the_lines_does_not_matter(self, api, seed):
        load(COURSE, self.PEOPLE)
        before = self.shown(api)
        load(COURSE, random.Random(seed).sample(self.PEOPLE, 50))
        assert self.shown(api) == before

    @pytest.mark.parametrize("segments", [["b", "a", " a "], "a,b", " b ,,a"])
    def test_segments_as_list_or_text(self, api, segments):
        load(COURSE, [{"username": "ada", "segments": segments}])
        assert api.rows("/api/v0/learners/ada/", {"course_id": COURSE})["segments"] == ["a", "b"]

    def test_a_new_roster_replaces_the_old_one_as_a_whole(self, write, old_rosters):
        run(write(GOOD))
        assert (usernames(), usernames(OTHER)) == (["ada", "grace", "zoë"], ["old"])
        assert models.Roster.objects.count() == 2
        assert models.RosterLearner.objects.count() == 4
        assert not models.RosterTerm.objects.filter(term="old").exclude(roster_id__in=[self.roster_of(OTHER)]).exists()

    def roster_of(self, course_id):
        return models.Roster.objects.get(course_id=course_id).pk

    @pytest.mark.parametrize("commit_size", [1, 2, 3])
    def test_small_transactions(self, write, monkeypatch, old_rosters, commit_size):
        monkeypatch.setattr(writing, "COMMIT_SIZE", commit_size)
        for _load in range(2):
            run(write(lines(self.PEOPLE)))
            assert usernames() == [learner["username"] for learner in self.PEOPLE]
        assert models.RosterLearner.objects.count() == 51


class TestWhatDeadLoadsLeave:
    def test_goes_with_the_next_load_after_a_while(self, write, old_rosters):
        now = timezone.now()
        for state, hours in [("loading", 2), ("retired", 2), ("loading", 0.5), ("retired", 0.5)]:
            left = models.Roster.objects.create(
                course_id=COURSE, state=state, touched=now - timedelta(hours=hours), learners=1
            )
            models.RosterTerm.objects.create(roster_id=left.pk, term="left", learner_id=left.pk << 32)
        models.Roster.objects.filter(course_id=OTHER).update(touched=now - timedelta(days=900))
        run(write(GOOD))
        assert models.RosterTerm.objects.filter(term="left").count() == 2
        assert sorted(models.Roster.objects.values_list("state", flat=True)) == [
            "current",
            "current",
            "loading",
            "retired",
        ]
        assert (usernames(), usernames(OTHER)) == (["ada", "grace", "zoë"], ["old"])

    def test_a_load_whose_roster_is_gone_stops(self, write, old_rosters, monkeypatch):
        monkeypatch.setattr(writing.Staging, "terms", lambda staging: iter(self.deleted()), raising=True)
        with pytest.raises(CommandError, match="stood still for so long"):
            run(write(GOOD))
        monkeypatch.undo()
        assert contents() == old_rosters

    def deleted(self):
        models.RosterLearner.objects.filter(roster__state="loading").delete()
        models.RosterFacet.objects.filter(roster__state="loading").delete()
        models.Roster.objects.filter(state="loading").delete()
        return []

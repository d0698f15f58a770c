"""Loads of roster files: formats, errors, output, and that a load changes all or nothing."""

import gzip
import io
import sys

import pytest
from django.core.management import CommandError

from analytics_data_api.rosters import load as load_module
from analytics_data_api.rosters import writing
from tests.support.rosters import COURSE, OTHER, contents, current_usernames, lines, run

pytestmark = pytest.mark.django_db(databases="__all__")


NAMES = [{"username": name} for name in ("grace", "ada", "zoë")]


class TestFiles:
    def test_plain(self, write):
        out, err = run(write(lines(NAMES)))
        assert current_usernames() == ["ada", "grace", "zoë"]
        assert out == f"{COURSE}: 3 learners\nLoaded 3 learners of 1 courses.\n"
        assert err == ""

    @pytest.mark.parametrize("name", ["learners.jsonl.gz", "learners", "learners.jsonl"])
    def test_gzip_with_any_name(self, write, name):
        run(write(gzip.compress(lines(NAMES)), name))
        assert current_usernames() == ["ada", "grace", "zoë"]

    def test_gzip_of_several_parts(self, write):
        run(write(gzip.compress(lines(NAMES[:1])) + gzip.compress(lines(NAMES[1:]))))
        assert current_usernames() == ["ada", "grace", "zoë"]

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_standard_input(self, monkeypatch, pack):
        stream = io.BufferedReader(io.BytesIO(pack(lines(NAMES))))
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        run("-")
        assert current_usernames() == ["ada", "grace", "zoë"]

    def test_several_files(self, write):
        out, _err = run(
            write(lines(NAMES[:1]), "a"), write(gzip.compress(lines(NAMES[1:])), "b"), write(lines(NAMES, OTHER), "c")
        )
        assert current_usernames() == current_usernames(OTHER) == ["ada", "grace", "zoë"]
        assert out.splitlines() == [f"{COURSE}: 3 learners", f"{OTHER}: 3 learners", "Loaded 6 learners of 2 courses."]

    def test_marks_blank_lines_and_ends_of_lines(self, write):
        content = b"\xef\xbb\xbf" + lines(NAMES).replace(b"\n", b"\r\n\n  \t\n")
        run(write(content.rstrip()))
        assert current_usernames() == ["ada", "grace", "zoë"]

    def test_an_empty_file_changes_nothing(self, write, old_rosters):
        assert run(write(b""))[0] == "Loaded 0 learners of 0 courses.\n"
        assert contents() == old_rosters

    def test_database_option(self, write):
        run(write(lines(NAMES)), database="analytics_v1")
        assert current_usernames(using="analytics_v1") == ["ada", "grace", "zoë"]
        assert current_usernames() == []

    def test_no_such_database(self, write):
        with pytest.raises(CommandError, match="no database 'nowhere': choose from default, analytics, analytics_v1"):
            run(write(b""), database="nowhere")

    def test_unknown_keys_are_named_once(self, write):
        _out, err = run(
            write(lines([{**learner, "nick": 1, "zip": 2} for learner in NAMES] + [{"username": "x", "a": 1}]))
        )
        assert err.splitlines() == [
            "Warning: ignored the unknown key 'a' of 1 lines.",
            "Warning: ignored the unknown key 'nick' of 3 lines.",
            "Warning: ignored the unknown key 'zip' of 3 lines.",
        ]

    def test_progress_and_silence(self, write, capfd):
        path = write(lines(NAMES))
        run(path, no_progress=False)
        shown = capfd.readouterr().err
        assert "read: 100%" in shown and "write: 6.00row" in shown
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
    "cut gzip": (gzip.compress(GOOD * 1000)[:-20], "reading the file failed"),
    "gzip without its check": (gzip.compress(GOOD)[:-8], "reading the file failed"),
    "damaged gzip": (gzip.compress(GOOD)[:15] + b"\x00" * 30, "reading the file failed"),
    "twice": (
        GOOD + lines([{"username": "x"}, {"username": "grace"}]),
        f"learners.jsonl, line 5: the course {COURSE!r} already has the username 'grace' in ",
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
        assert str(error.value).startswith(f"{second}, line 1: the course {COURSE!r} already has the username 'grace'")
        assert f" in {first}, line 2." in str(error.value)
        assert contents() == old_rosters

    def test_one_learner_in_two_courses_is_allowed(self, write):
        run(write(lines(NAMES) + lines(NAMES, OTHER)))
        assert current_usernames() == current_usernames(OTHER)

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
        with pytest.raises(expected, match="interrupted. The old rosters stay." if expected is CommandError else None):
            run(path)
        assert len(made["courses"]) == 2
        assert contents() == old_rosters
        monkeypatch.undo()
        run(path)
        assert (current_usernames(), current_usernames(OTHER)) == (["ada", "grace", "zoë"], ["new"])

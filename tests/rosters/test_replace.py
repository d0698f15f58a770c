"""The rosters that a load replaces: how long they stay, and for which readers."""

import random
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone

from analytics_data_api.rosters import load as load_module
from analytics_data_api.rosters import pages, writing
from analytics_data_api.v0 import models
from tests.support.rosters import (
    COURSE,
    OTHER,
    contents,
    current_usernames,
    let_time_pass,
    lines,
    load_learners,
    run,
    states,
)

pytestmark = pytest.mark.django_db(databases="__all__")

GOOD = lines([{"username": name} for name in ("grace", "ada", "zoë")])


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

    def test_nothing_that_is_shown_changes_and_old_rosters_go(self, api):
        load_learners(COURSE, self.PEOPLE)
        before, sizes = self.shown(api), [len(rows) for rows in contents()]
        for _load in range(3):
            load_learners(COURSE, self.PEOPLE)
            assert self.shown(api) == before
            assert [len(rows) for rows in contents()] == [2 * size for size in sizes]
            let_time_pass(minutes=16)

    @pytest.mark.parametrize("seed", range(3))
    def test_the_order_of_the_lines_does_not_matter(self, api, seed):
        load_learners(COURSE, self.PEOPLE)
        before = self.shown(api)
        load_learners(COURSE, random.Random(seed).sample(self.PEOPLE, 50))
        assert self.shown(api) == before

    def test_a_new_roster_replaces_the_old_one_as_a_whole(self, write, old_rosters):
        run(write(GOOD))
        assert (current_usernames(), current_usernames(OTHER)) == (["ada", "grace", "zoë"], ["old"])
        assert (states(), states(OTHER)) == (["retired", "current"], ["current"])
        assert models.RosterLearner.objects.count() == 5
        let_time_pass(minutes=16)
        run(write(GOOD))
        assert (states(), states(OTHER)) == (["retired", "current"], ["current"])
        assert models.RosterLearner.objects.count() == 7
        assert models.RosterTerm.objects.filter(term="old").count() == 1

    @pytest.mark.parametrize("commit_size", [1, 2, 3])
    def test_small_transactions(self, write, monkeypatch, old_rosters, commit_size):
        monkeypatch.setattr(writing, "COMMIT_SIZE", commit_size)
        for _load in range(3):
            run(write(lines(self.PEOPLE)))
            assert current_usernames() == [learner["username"] for learner in self.PEOPLE]
            let_time_pass(minutes=16)
        assert models.RosterLearner.objects.count() == 101
        assert models.RosterTerm.objects.filter(term="old").count() == 1


class TestRemainsOfDeadLoads:
    def test_a_later_load_deletes_them(self, write, old_rosters):
        now = timezone.now()
        for state, minutes in [
            ("loading", 61),
            ("loading", 59),
            ("deleting", 61),
            ("deleting", 59),
            ("retired", 16),
            ("retired", 14),
        ]:
            left = models.Roster.objects.create(
                course_id=COURSE, state=state, touched=now - timedelta(minutes=minutes), learners=1
            )
            models.RosterTerm.objects.create(roster_id=left.pk, term="left", learner_id=left.pk << 32)
        models.Roster.objects.filter(course_id=OTHER).update(touched=now - timedelta(days=900))
        run(write(GOOD))
        assert models.RosterTerm.objects.filter(term="left").count() == 3
        assert states() == ["retired", "loading", "deleting", "retired", "current"]
        assert states(OTHER) == ["current"]
        assert (current_usernames(), current_usernames(OTHER)) == (["ada", "grace", "zoë"], ["old"])

    def test_a_long_load_says_that_it_is_alive(self, write, monkeypatch):
        """The sign of life covers the rosters that the load has written already."""
        path = write(lines([{"username": "a"}], OTHER) + GOOD)
        monkeypatch.setattr(load_module, "TOUCHED_EVERY", 0)
        monkeypatch.setattr(load_module.Staging, "stage_terms", lambda *args: let_time_pass(hours=2))
        monkeypatch.setattr(load_module.Staging, "terms", lambda *args: iter([("term", 0)]))
        seen = []

        def make_current(rosters, **options):
            seen.extend(models.Roster.objects.values_list("touched", flat=True))

        monkeypatch.setattr(writing, "make_current", make_current)
        run(path)
        assert len(seen) == 2
        assert all(timezone.now() - touched < timedelta(minutes=30) for touched in seen)

    def test_a_load_whose_roster_is_gone_stops(self, write, old_rosters, monkeypatch):
        monkeypatch.setattr(writing.Staging, "terms", lambda staging: iter(self.deleted()), raising=True)
        with pytest.raises(CommandError, match="took this one for dead"):
            run(write(GOOD))
        monkeypatch.undo()
        assert contents() == old_rosters

    def deleted(self):
        models.RosterLearner.objects.filter(roster__state="loading").delete()
        models.RosterFacet.objects.filter(roster__state="loading").delete()
        models.Roster.objects.filter(state="loading").delete()
        return []


class TestReaders:
    """Requests whose roster is replaced while they read it."""

    URL = "/api/v0/learners/"

    def people(self, cohort):
        return [{"username": f"{cohort}-{number:04}", "cohort": cohort} for number in range(2600)]

    def download(self, api):
        """Return the rest of the CSV file of all learners, and the beginning that the client has read."""
        response = api.get(self.URL, {"course_id": COURSE, "format": "csv", "page_size": 9999, "fields": "username"})
        chunks = response.streaming_content
        return chunks, next(chunks) + next(chunks)

    def test_a_download_goes_on(self, api):
        load_learners(COURSE, self.people("old"))
        chunks, beginning = self.download(api)
        load_learners(COURSE, self.people("new"))
        names = (beginning + b"".join(chunks)).decode().split()[1:]
        assert names == [learner["username"] for learner in self.people("old")]
        assert api.csv(self.URL, {"course_id": COURSE, "fields": "username"})[1] == "new-0000"

    def test_a_download_of_a_roster_that_is_deleted_breaks(self, api):
        load_learners(COURSE, self.people("old"))
        chunks, _beginning = self.download(api)
        load_learners(COURSE, self.people("new"))
        let_time_pass(minutes=16)
        load_learners(COURSE, self.people("newer"))
        with pytest.raises(BrokenPipeError):
            list(chunks)

    @pytest.mark.parametrize(
        "path, parameters",
        [
            ("", {}),
            ("", {"order_by": "email"}),
            ("", {"text_search": "nobody"}),
            ("", {"text_search": "ada", "cohort": "A"}),
            ("ada/", {}),
        ],
    )
    @pytest.mark.parametrize("times, status", [(1, 200), (99, 503)])
    def test_a_roster_that_is_deleted_before_its_rows_are_read(self, api, monkeypatch, path, parameters, times, status):
        load_learners(COURSE, [{"username": "ada", "cohort": "A"}])
        find = pages.find_current_roster
        found = []

        def find_and_delete(**options):
            found.append(find(**options))
            if len(found) <= times:
                load_learners(COURSE, [{"username": "ada", "cohort": "A"}])
                writing.delete_roster(models.Roster.objects.get(pk=found[-1].id), using="analytics")
            return found[-1]

        monkeypatch.setattr(pages, "find_current_roster", find_and_delete)
        response = api.get(f"{self.URL}{path}", {"course_id": COURSE, **parameters})
        assert response.status_code == status
        if status == 503:
            assert response.json()["error_code"] == "analytics_database_unavailable"
            assert response.json()["developer_message"] == "The roster is being replaced. Try again later."
            assert response["Retry-After"] == "5"
        elif path:
            assert response.json()["username"] == "ada"
        else:
            assert response.json()["count"] == (parameters.get("text_search") != "nobody")

"""retire_learner replaces a learner by a pseudonym everywhere, for good."""

import json
import os
import re
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from analytics_data_api.pipeline.lms_staging import LMSStaging
from analytics_data_api.pipeline.retiring.hashes import read_retired
from analytics_data_api.pipeline.retiring.retirement import retire_learner
from analytics_data_api.pipeline.store import EventStore
from analytics_data_api.rosters.models import LAST_TEXT
from analytics_data_api.v0.models import ModuleEngagement
from tests.pipeline import retired
from tests.pipeline.computed import everything, roster, run
from tests.pipeline.logs import COURSE, load, stored
from tests.pipeline.retired import EMAIL, NAME, USER_ID, USERNAME, traces
from tests.support.factories import ModuleEngagementFactory

pytestmark = pytest.mark.django_db(databases="__all__")

END = "2026-03-09"
REPORT = "edX_DemoX_T1_problem_response.csv"


@pytest.fixture(scope="module")
def sources(tmp_path_factory, django_db_blocker):
    """Return a folder with a log, an LMS's database and the store that was loaded from them."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "old.log").write_bytes(retired.lines())
    retired.lms_database(folder / "lms.sqlite3")
    with override_settings(EVENTS_DIR=str(folder / "events")), django_db_blocker.unblock():
        load(None, folder / "old.log")
        load_lms(folder)
    return folder


@pytest.fixture
def store(sources, events_dir, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "reports")
    shutil.copytree(sources / "events", events_dir)
    return EventStore(events_dir)


@pytest.fixture
def site(store, tmp_path):
    """Fill the tables and the reports, too. Return the folders of the store and of the reports."""
    run(store, END)
    call_command("write_reports", verbosity=0)
    return store.path, tmp_path / "reports"


def load_lms(folder):
    call_command("load_lms", database=f"sqlite:///{folder}/lms.sqlite3", verbosity=0)


def retire(username=USERNAME):
    out = StringIO()
    call_command("retire_learner", username, json=True, stdout=out)
    return json.loads(out.getvalue())


def replaced(found, summary):
    """Return the content of the tables with the pseudonym in the learner's place."""
    [pseudonym] = summary["pseudonyms"]
    numbers = [learner.user_id for (_course, name), (learner, _facet) in roster().items() if name == pseudonym]
    users = [[None if value in (NAME, EMAIL) else value for value in row] for row in found["record_users"]]
    text = json.dumps(found | {"record_users": users}, default=str)
    # The learner has no name and no email any longer, and the texts of others have the pseudonym.
    for column, value in (("name", NAME), ("email", EMAIL), ("goals", f"I, {USERNAME}, learn")):
        text = text.replace(json.dumps([column, value]), json.dumps([column, "None"]))
    text = text.replace(json.dumps(["email_key", EMAIL]), json.dumps(["email_key", LAST_TEXT]))
    for before in (USERNAME, NAME, NAME.upper()):
        text = text.replace(before, pseudonym)
    return as_sorted(json.loads(text.replace(str(USER_ID), str(numbers[0]))))


def as_sorted(found):
    """Return the rows of each table in order. The keys of records, which are digests of ids, are left out."""
    text = re.sub(r'"[0-9a-f]{32}"', '"key"', json.dumps(found, default=str))
    return {table: sorted(map(json.dumps, rows)) for table, rows in json.loads(text).items()}


def test_nothing_remains_and_all_counts_stay(site, events_dir):
    before = everything()
    assert {place for place, _text in traces(*site)} >= {"analytics", str(site[1] / REPORT)}
    summary = retire()
    assert traces(*site) == []
    assert as_sorted(everything()) == replaced(before, summary)
    assert (summary["events"], summary["rejected_lines"], summary["rosters"]) == (13, 2, 1)
    assert summary["lms"] == {"auth_user": 1, "auth_userprofile": 2, "courseware_studentmodule": 1}
    assert summary["reports"] == [REPORT]
    # Computed anew from what the store has now.
    (events_dir / "state" / "computed.json").unlink()
    run(EventStore(events_dir), END, adopts=True)
    assert as_sorted(everything()) == replaced(before, summary)


def test_both_databases(store):
    """The tables of version 1 may be another pipeline's."""
    for using in ("analytics", "analytics_v1"):
        course = f"edX/{using}/1"
        ModuleEngagementFactory.create(using=using, course_id=course, username=USERNAME)
        ModuleEngagementFactory.create(using=using, course_id=course, username=USERNAME.upper())
    [pseudonym] = retire()["pseudonyms"]
    for using in ("analytics", "analytics_v1"):
        rows = ModuleEngagement.objects.using(using).filter(course_id=f"edX/{using}/1")
        # Case counts in usernames.
        assert sorted(rows.values_list("username", flat=True)) == sorted((USERNAME.upper(), pseudonym))


def test_only_a_roster_knows_the_learner(events_dir, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    line = {"course_id": COURSE, "username": USERNAME, "name": NAME, "email": EMAIL, "user_id": USER_ID}
    (tmp_path / "roster.jsonl").write_text(
        json.dumps(line) + "\n" + json.dumps(line | {"username": "bob", "user_id": 8})
    )
    call_command("load_roster", str(tmp_path / "roster.jsonl"), verbosity=0)
    (tmp_path / "roster.jsonl").unlink()
    summary = retire()
    assert (summary["rosters"], summary["events"]) == (1, 0)
    # Bob has the same name and stays as he is.
    assert {learner.name for learner, _facet in roster().values()} == {NAME, None}
    assert {username for _course, username in roster()} == {"bob", *summary["pseudonyms"]}


def test_later_loads_do_not_bring_the_learner_back(site, settings, sources, events_dir, tmp_path):
    [pseudonym] = retire()["pseudonyms"]
    before = stored(settings)
    # The same lines in another file, after an older one and before a new one.
    older = json.dumps(retired.by("bob", 8, -24, "/x", "{}")).encode() + b"\n"
    newer = retired.by_ada(30, f"/u/{USERNAME}", json.dumps({"user_id": USER_ID, "email": EMAIL}))
    (tmp_path / "rotated.log").write_bytes(older + retired.lines(newer))
    counts, _warnings = load(settings, tmp_path / "rotated.log")
    assert (sum(counts["events"].values()), counts["duplicates"], counts["rejected"]) == (2, len(before), 3)
    assert load(settings, sources / "old.log")[0]["files_known"] == 1
    load_lms(sources)
    run(EventStore(events_dir), END)
    call_command("write_reports", verbosity=0)
    assert traces(*site) == []
    new = set(stored(settings)) - set(before)
    assert {row[5] for row in new} == {"bob", pseudonym}
    assert {username for _course, username in roster()} == {"bob", "eve", pseudonym}


def test_interrupted_and_run_again(site, settings, store, tmp_path):
    before = everything()

    def interrupt_at(step):
        def progress(what, _total):
            if what == step:
                raise KeyboardInterrupt

        return progress

    tables = [f"LMS data, {table}" for table in ("auth_user", "courseware_studentmodule")]
    for step in ("looking for the learner", "events", "rejected lines", *tables, "tables of analytics", "reports"):
        with pytest.raises(KeyboardInterrupt):
            retire_learner(store, USERNAME, interrupt_at(step))
        if step == "events":
            # Loads know the learner although most files still name her.
            (tmp_path / "new.log").write_bytes(json.dumps(retired.by_ada(40, f"/u/{USERNAME}", "{}")).encode())
            load(settings, tmp_path / "new.log")
            assert not stored(settings, where=f"time > '2026-03-04' AND username = '{USERNAME}'")
    retire_learner(store, USERNAME, interrupt_at(None))
    assert traces(*site) == []
    [pseudonym] = read_retired(store.state).usernames.values()
    assert as_sorted(everything()) == replaced(before, {"pseudonyms": [pseudonym]})


def test_killed_between_a_commit_and_its_moves(store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "apply_plan", lambda store: os._exit(9) if store.ledger.plan() else None)
        child = os.fork()
        if not child:
            retire()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert store.ledger.plan()
    # Another learner's turn: the one whose retirement was interrupted comes first.
    assert retire("bob")["events"] > 0
    assert traces(store.path) == []


def test_what_is_kept_and_what_is_said(store, django_user_model):
    with pytest.raises(
        CommandError, match="no event, LMS data or table has the username 'Adalove': check its spelling"
    ):
        retire("Adalove")
    assert not (store.state / "retired.json").exists()
    django_user_model.objects.create_user(USERNAME)
    assert retire()["has_account"]
    assert django_user_model.objects.filter(username=USERNAME).exists()
    modes = [oct((store.state / name).stat().st_mode & 0o777) for name in ("retired.json", "retired.key")]
    assert modes == ["0o600"] * 2 and not (store.state / "retiring.json").exists()
    hashes = json.loads((store.state / "retired.json").read_text())
    assert {len(key) for values in hashes.values() for key in values} == {64}
    assert retire()["is_done_before"]
    out = StringIO()
    call_command("retire_learner", USERNAME, stdout=out)
    assert "This learner is retired already." in out.getvalue()


def test_without_the_key_nothing_is_loaded(store, settings, sources, tmp_path):
    retire()
    (store.state / "retired.key").unlink()
    (tmp_path / "new.log").write_bytes(json.dumps(retired.by_ada(40, "/x", "{}")).encode())
    for command in (lambda: load(settings, tmp_path / "new.log"), lambda: load_lms(sources), lambda: retire("bob")):
        with pytest.raises(CommandError, match="retired.key, the key by which .* cannot be read: restore it"):
            command()


def test_a_load_of_the_lms_that_was_cut_off(store, sources, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(LMSStaging, "finish", lambda *_arguments: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(CommandError, match="interrupted"):
            load_lms(sources)
    assert (store.path / "lms" / "staging").exists()
    assert retire()["is_staging_removed"]
    assert traces(store.path) == []

"""./manage.py set_api_key"""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from analytics_data_api.auth.models import KeyAccess
from tests.support import databases
from tests.support.client import ApiClient
from tests.support.factories import TokenFactory, UserFactory

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(databases="__all__")


def keys():
    """Return the key of each user, or None."""
    held = dict(Token.objects.values_list("user__username", "key"))
    return {name: held.get(name) for name in get_user_model().objects.values_list("username", flat=True)}


def status_with(key):
    return ApiClient().get("/authenticated/", HTTP_AUTHORIZATION=f"Token {key}").status_code


def test_makes_the_user(capsys):
    call_command("set_api_key", "ada", "secret-key")
    assert keys() == {"ada": "secret-key"}
    assert status_with("secret-key") == 200
    assert not get_user_model().objects.get().has_usable_password()
    said = capsys.readouterr().out
    assert "ada" in said and "secret-key" not in said


def test_replaces_the_key_of_a_user():
    user = TokenFactory(user__username="ada", key="old").user
    user.set_password("password")
    user.save()
    call_command("set_api_key", "ada", "new")
    assert keys() == {"ada": "new"}
    assert (status_with("old"), status_with("new")) == (401, 200)
    assert get_user_model().objects.get().check_password("password")


def test_again_changes_nothing():
    for _ in range(2):
        call_command("set_api_key", "ada", "key")
    assert keys() == {"ada": "key"}


def test_gives_a_key_to_a_user_without_one():
    UserFactory(username="ada")
    call_command("set_api_key", "ada", "key")
    assert keys() == {"ada": "key"}


def test_longest_key():
    call_command("set_api_key", "ada", "k" * 40)
    assert status_with("k" * 40) == 200


def test_deletes_a_key():
    TokenFactory(user__username="ada", key="key")
    TokenFactory(user__username="bob", key="another")
    call_command("set_api_key", "ada", "--delete-key")
    assert keys() == {"ada": None, "bob": "another"}
    assert (status_with("key"), status_with("another")) == (401, 200)


REFUSALS = {
    "key of another user": (["carol", "bobs"], "another user"),
    "key of another user, for one who has a key": (["ada", "bobs"], "another user"),
    "empty key": (["ada", ""], "empty"),
    "key too long": (["ada", "k" * 41], "40"),
    "key with a space": (["ada", "my key"], "space"),
    "key of other letters": (["ada", "schlüssel"], "ASCII"),
    "key with a line break": (["ada", "key\n"], "ASCII"),
    "no key": (["ada"], "give a key for 'ada', or --generate"),
    "empty username": (["", "key"], "username"),
    "blank username": (["  ", "key"], "username"),
    "username too long": (["a" * 151, "key"], "150"),
    "both": (["ada", "key", "--delete-key"], "both"),
    "an empty key to delete": (["ada", "", "--delete-key"], "both"),
    "no such user to delete a key of": (["carol", "--delete-key"], "carol"),
    "no key to delete": (["dan", "--delete-key"], "dan"),
    "a key and another": (["ada", "key", "--generate"], "both"),
    "a username to list": (["ada", "--list"], "username"),
    "options of a list": (["--list", "--generate"], "--list"),
    "options of a deletion": (["ada", "--delete-key", "--org", "edX"], "--delete-key"),
    "nobody": ([], "username"),
    "all courses and one": (["ada", "key", "--unrestricted", "--course", "edX/a/b"], "both"),
    "no course": (["ada", "key", "--course", "edX"], "'edX' is not a course id"),
    "no course by a hair": (["ada", "key", "--course", "course-v1:edX a b"], "is not a course id"),
    "an empty course": (["ada", "key", "--course", ""], "--course is empty"),
    "no organization": (["ada", "key", "--org", "edX/a"], "'edX/a' is not an organization"),
    "an organization with a space": (["ada", "key", "--org", "ed X"], "is not an organization"),
    "an empty organization": (["ada", "key", "--org", " "], "--org is empty"),
    "no day": (["ada", "key", "--expires", "tomorrow"], "YYYY-MM-DD"),
    "a day that is none": (["ada", "key", "--expires", "2099-02-30"], "YYYY-MM-DD"),
    "another form of days": (["ada", "key", "--expires", "20990201"], "YYYY-MM-DD"),
    "a day that is past": (["ada", "key", "--expires", "2020-01-01"], "not after today"),
    "restrictions of a user without a key": (["dan", "--org", "edX"], "dan"),
    "restrictions of nobody": (["carol", "--no-personal-data"], "carol"),
    "too many courses": (["ada", *(f"--course=edX/a/{n}" for n in range(1001))], "1000"),
}


@pytest.mark.parametrize("arguments, words", REFUSALS.values(), ids=list(REFUSALS))
def test_refuses(arguments, words):
    TokenFactory(user__username="ada", key="adas")
    TokenFactory(user__username="bob", key="bobs")
    UserFactory(username="dan")
    before = keys()
    with pytest.raises(CommandError) as refusal:
        call_command("set_api_key", *arguments)
    assert not KeyAccess.objects.exists()
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.returncode == 1
    assert keys() == before


class TestRestrictions:
    """The stored access of a key. Other tests check the responses to it."""

    @staticmethod
    def stored(username="ada"):
        columns = ("is_restricted", "courses", "orgs", "sees_personal_data", "expires")
        return KeyAccess.objects.values_list(*columns).get(user__username=username)

    def test_the_first_key_of_a_user_may_see_everything(self, capsys):
        call_command("set_api_key", "ada", "key")
        assert self.stored() == (False, "", "", True, None)
        assert capsys.readouterr().out == ("The key of ada is set. It may see courses: all; personal data: yes.\n")

    def test_all_options(self, capsys):
        call_command(
            *("set_api_key", "ada", "key", "--course", "edX/a/b", "--course", "course-v1:edX+c+d", "--org", "MITx"),
            *("--no-personal-data", "--expires", "2099-01-01"),
        )
        assert self.stored() == (True, "edX/a/b\ncourse-v1:edX+c+d", "MITx", False, date(2099, 1, 1))
        assert capsys.readouterr().out == (
            "The key of ada is set. It may see courses: all of MITx, edX/a/b, course-v1:edX+c+d; personal data: no; "
            "refused from 2099-01-01 on.\n"
        )

    def test_a_new_key_may_see_what_the_old_one_could(self, capsys):
        call_command("set_api_key", "ada", "old", "--org", "edX", "--no-personal-data")
        capsys.readouterr()
        call_command("set_api_key", "ada", "new")
        assert self.stored() == (True, "", "edX", False, None)
        said = capsys.readouterr().out
        assert "all of edX" in said and "--unrestricted" in said

    def test_so_may_one_after_a_deletion(self):
        call_command("set_api_key", "ada", "old", "--org", "edX")
        call_command("set_api_key", "ada", "--delete-key")
        call_command("set_api_key", "ada", "new")
        assert self.stored()[2] == "edX"

    def test_courses_take_the_place_of_others(self):
        call_command("set_api_key", "ada", "key", "--org", "edX", "--no-personal-data")
        call_command("set_api_key", "ada", "key", "--course", "edX/a/b")
        assert self.stored() == (True, "edX/a/b", "", False, None)

    def test_unrestricted_lifts_all_but_the_end(self):
        call_command("set_api_key", "ada", "key", "--org", "edX", "--no-personal-data", "--expires", "2099-01-01")
        call_command("set_api_key", "ada", "--unrestricted")
        assert self.stored() == (False, "", "", True, date(2099, 1, 1))
        call_command("set_api_key", "ada", "--expires", "never")
        assert self.stored() == (False, "", "", True, None)

    def test_unrestricted_without_personal_data(self):
        call_command("set_api_key", "ada", "key", "--org", "edX")
        call_command("set_api_key", "ada", "--unrestricted", "--no-personal-data")
        assert self.stored() == (False, "", "", False, None)

    def test_a_key_stays_when_its_restrictions_change(self):
        call_command("set_api_key", "ada", "key")
        call_command("set_api_key", "ada", "--org", "edX")
        assert keys() == {"ada": "key"}


class TestGenerate:
    def test_prints_the_key_once(self, capsys):
        call_command("set_api_key", "ada", "--generate", "--org", "edX")
        printed = capsys.readouterr()
        [key] = printed.out.splitlines()
        assert len(key) == 40 and status_with(key) == 200
        assert "ada" in printed.err and "all of edX" in printed.err and key not in printed.err
        call_command("set_api_key", "--list")
        assert key not in capsys.readouterr().out

    def test_is_another_each_time(self, capsys):
        for name in ("ada", "bob"):
            call_command("set_api_key", name, "--generate")
        assert len(set(capsys.readouterr().out.splitlines())) == 2


def test_list(capsys):
    for name in ("ada", "bob", "carol\x1b[2J", "dan", "eve"):
        TokenFactory(user__username=name, key=f"secret-key-{name[:3]}")
    UserFactory(username="fay")
    call_command("set_api_key", "bob", "--course", "edX/a/b", "--expires", "2099-01-01")
    call_command("set_api_key", "dan", "--org", "edX", "--no-personal-data")
    call_command("set_api_key", "dan", "--delete-key")
    assert status_with("secret-key-ada") == 200
    capsys.readouterr()
    call_command("set_api_key", "--list")
    said = capsys.readouterr().out
    assert "secret" not in said
    assert [line.split() for line in said.splitlines()] == [
        ["user", "courses", "personal", "data", "refused", "from", "last", "used"],
        ["ada", "all", "yes", str(datetime.now(UTC).date())],
        ["bob", "edX/a/b", "yes", "2099-01-01"],
        [repr("carol\x1b[2J"), "all", "yes"],
        ["dan", "(no", "key)", "all", "of", "edX", "no"],
        ["eve", "all", "yes"],
    ]


def test_a_database_that_does_not_answer(tmp_path):
    with databases.unreachable("default", tmp_path), pytest.raises(CommandError, match="database"):
        call_command("set_api_key", "ada", "key")


def test_a_database_without_tables(tmp_path):
    with databases.empty("default", tmp_path), pytest.raises(CommandError, match="migrate"):
        call_command("set_api_key", "ada", "key")


@pytest.mark.servers
@pytest.mark.parametrize(
    "arguments, line", [(["ada", ""], "the key is empty"), (["ada", "key"], "needs ./manage.py migrate")]
)
def test_a_refusal_is_one_line_and_exit_status_1(tmp_path, arguments, line):
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/default.sqlite3",
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
    }
    command = [sys.executable, "manage.py", "set_api_key", *arguments]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    [error] = run.stderr.splitlines()
    assert error.startswith("CommandError: ") and line in error

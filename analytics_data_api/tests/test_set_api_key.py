"""./manage.py set_api_key"""

import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from analytics_data_api.tests import databases
from analytics_data_api.tests.client import ApiClient
from analytics_data_api.v0.tests.factories import TokenFactory, UserFactory

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(databases="__all__")


def keys():
    """Who has which key, users without one included."""
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
    "no key": (["ada"], "empty"),
    "empty username": (["", "key"], "username"),
    "blank username": (["  ", "key"], "username"),
    "username too long": (["a" * 151, "key"], "150"),
    "both": (["ada", "key", "--delete-key"], "both"),
    "an empty key to delete": (["ada", "", "--delete-key"], "both"),
    "no such user to delete a key of": (["carol", "--delete-key"], "carol"),
    "no key to delete": (["dan", "--delete-key"], "dan"),
}


@pytest.mark.parametrize("arguments, words", REFUSALS.values(), ids=list(REFUSALS))
def test_refuses(arguments, words):
    TokenFactory(user__username="ada", key="adas")
    TokenFactory(user__username="bob", key="bobs")
    UserFactory(username="dan")
    before = keys()
    with pytest.raises(CommandError) as refusal:
        call_command("set_api_key", *arguments)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.returncode == 1
    assert keys() == before


def test_a_database_that_does_not_answer(tmp_path):
    with databases.unreachable("default", tmp_path), pytest.raises(CommandError, match="database"):
        call_command("set_api_key", "ada", "key")


def test_a_database_without_tables(tmp_path):
    with databases.empty("default", tmp_path), pytest.raises(CommandError, match="migrate"):
        call_command("set_api_key", "ada", "key")


@pytest.mark.parametrize("arguments, line", [(["ada", ""], "the key is empty"), (["ada", "key"], "is not migrated")])
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

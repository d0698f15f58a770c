"""Demo data and its key stay away from a site's databases."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from analytics_data_api.simulation.documented import FIXTURE_PATHS
from analytics_data_api.v0 import models
from tests.support import databases
from tests.support.factories import CourseActivityWeeklyFactory, UserFactory, VideoTimelineFactory
from tests.support.rosters import load_learners

pytestmark = pytest.mark.django_db(databases="__all__")

SITE_COURSE = "course-v1:MITx+6.00x+2026"
COMMANDS = {
    "loaddata": lambda **options: call_command(
        "loaddata", *map(str, FIXTURE_PATHS), database="analytics", verbosity=0, **options
    ),
    "generate_fake_course_data": lambda **options: call_command(
        "generate_fake_course_data", num_weeks=1, verbosity=0, **options
    ),
    "set_demo_key": lambda **options: call_command("set_demo_key", **options),
}
LOADERS = ("loaddata", "generate_fake_course_data")


def rows():
    return models.Video.objects.count(), Token.objects.count()


@pytest.mark.parametrize(
    "add",
    [
        lambda: CourseActivityWeeklyFactory(course_id=SITE_COURSE),
        lambda: load_learners(SITE_COURSE, [{"username": "a"}]),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_refused_beside_other_courses(command, add):
    add()
    with pytest.raises(CommandError) as refused:
        COMMANDS[command]()
    assert SITE_COURSE in str(refused.value) and "--force" in str(refused.value) and "\n" not in str(refused.value)
    assert rows() == (0, 0)
    COMMANDS[command](force=True)
    assert rows() != (0, 0)


def test_demo_data_and_users_do_not_count():
    UserFactory()
    VideoTimelineFactory()
    for _ in range(2):
        for run in COMMANDS.values():
            run()
    assert rows() == (models.Video.objects.count(), 1)


def test_fixtures_of_users_are_loaded_beside_any_course(tmp_path):
    CourseActivityWeeklyFactory(course_id=SITE_COURSE)
    path = tmp_path / "users.json"
    path.write_text('[{"model": "auth.user", "pk": 7, "fields": {"username": "ada", "password": "!"}}]')
    call_command("loaddata", str(path), verbosity=0)
    assert get_user_model().objects.get().username == "ada"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_does_not_respond_is_one_line(tmp_path, command):
    with databases.unreachable("analytics", tmp_path), pytest.raises(CommandError) as refused:
        COMMANDS[command]()
    assert str(refused.value).startswith("the database analytics failed") and "\n" not in str(refused.value)


class TestDemoKey:
    def test_login_of_a_browser(self, client, capsys):
        COMMANDS["set_demo_key"]()
        assert "log in as edx with the password edx" in capsys.readouterr().out
        assert client.login(username="edx", password="edx")
        user = get_user_model().objects.get()
        assert not user.is_staff and not user.is_superuser

    def test_password_of_the_user_stays(self, capsys):
        user = UserFactory(username="edx")
        user.set_password("own")
        user.save()
        COMMANDS["set_demo_key"]()
        assert get_user_model().objects.get().check_password("own")
        assert "password" not in capsys.readouterr().out

    def test_never_with_production_settings(self, settings):
        settings.ALLOW_DEMO_KEY = False
        with pytest.raises(CommandError, match="production settings"):
            COMMANDS["set_demo_key"](force=True)
        assert not get_user_model().objects.exists()

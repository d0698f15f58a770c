"""Which database holds which tables."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from analytics_data_api.v0.models import Video, VideoTimeline
from analyticsdataserver.router import AnalyticsRouter

ROOT = Path(__file__).resolve().parents[2]
ROUTER = AnalyticsRouter()


def test_reading():
    assert ROUTER.db_for_read(Video) == ROUTER.db_for_write(Video) == "analytics"
    assert ROUTER.db_for_read(get_user_model()) == "default"


def test_relations():
    assert ROUTER.allow_relation(Video(), VideoTimeline())
    assert not ROUTER.allow_relation(Video(), get_user_model()())


@pytest.mark.parametrize("app, aliases", [("v0", ["analytics", "analytics_v1"]), ("auth", ["default"])])
def test_migrations_of_databases_apart(app, aliases):
    allowed = [alias for alias in ("default", "analytics", "analytics_v1") if ROUTER.allow_migrate(alias, app)]
    assert allowed == aliases


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def migrate(*aliases, **urls):
    for alias in aliases:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--database", alias, "--verbosity", "0"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
                **{name: f"sqlite:///{path}" for name, path in urls.items()},
            },
            check=True,
        )


def test_migrate_makes_each_databases_own_tables(tmp_path):
    users, figures = tmp_path / "users.db", tmp_path / "figures.db"
    migrate("default", "analytics", DATABASE_URL=users, ANALYTICS_DATABASE_URL=figures)
    assert {"auth_user", "authtoken_token"} <= tables(users)
    assert not {"video", "course_activity"} & tables(users)
    assert {"video", "course_activity"} <= tables(figures)
    assert not {"auth_user", "authtoken_token"} & tables(figures)


def test_one_database_for_all_gets_all_tables(tmp_path):
    one = tmp_path / "one.db"
    migrate("default", "analytics", "analytics_v1", DATABASE_URL=one, ANALYTICS_DATABASE_URL=one)
    assert {"auth_user", "authtoken_token", "video", "course_activity"} <= tables(one)

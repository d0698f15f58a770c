"""The router puts each table into the right database."""

from contextlib import ExitStack

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from analytics_data_api.v0.models import Video, VideoTimeline
from analyticsdataserver.router import AnalyticsRouter
from tests.support import databases

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


def tables(alias):
    return set(connections[alias].introspection.table_names())


USERS = {"auth_user", "authtoken_token"}
FIGURES = {"video", "course_activity"}


@pytest.mark.django_db(databases="__all__")
class TestMigrate:
    def test_makes_each_databases_own_tables(self, tmp_path):
        with databases.empty("default", tmp_path), databases.empty("analytics", tmp_path):
            databases.migrate("default")
            databases.migrate("analytics")
            assert tables("default") >= USERS and not FIGURES & tables("default")
            assert tables("analytics") >= FIGURES and not USERS & tables("analytics")

    def test_one_database_for_all_gets_all_tables(self, tmp_path):
        with databases.empty("default", tmp_path) as one, ExitStack() as stack:
            for alias in ("analytics", "analytics_v1"):
                stack.enter_context(databases.replaced(alias, NAME=one.settings_dict["NAME"]))
            for alias in ("default", "analytics", "analytics_v1"):
                databases.migrate(alias)
            assert tables("default") >= USERS | FIGURES

"""The limits of statements hold for requests, and commands have none."""

import pytest
from django.db import connections

from analyticsdataserver.db import limits

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.skipif(connections["default"].vendor != "mysql", reason="SQLite has no limit of a statement"),
]


@pytest.mark.parametrize("seconds, expected", [(None, 0), (1, 1 - limits.GRACE)], ids=["command", "server"])
def test_commands_have_no_limits(seconds, expected):
    limits.enforce(seconds)
    connection = connections["analytics"].copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@max_statement_time, @@time_zone")
            assert cursor.fetchone() == (pytest.approx(expected), "+00:00")
    finally:
        limits.enforce(None)
        connection.close()

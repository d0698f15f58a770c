"""A server of an analytics database that a test changes."""

import pytest
from django.db import connections, transaction

from tests.support import databases
from tests.support.running import Server


class AnalyticsServer(Server):
    """Yield a server whose analytics database is an empty one behind the alias of the tests."""

    def __init__(self, folder, unblock):
        super().__init__(folder, url_of(connections["analytics"]))
        self.unblock = unblock

    def execute(self, statement, rows=((),)):
        with self.unblock(), transaction.atomic("analytics"), connections["analytics"].cursor() as cursor:
            cursor.executemany(statement, rows)

    def rows(self, query):
        with self.unblock(), connections["analytics"].cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


def url_of(connection):
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
    return f"mysql://{user}@{settings['HOST']}:{settings['PORT'] or 3306}/{settings['NAME']}"


@pytest.fixture(scope="module")
def server(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("server")
    with django_db_blocker.unblock(), databases.empty("analytics", folder):
        server = AnalyticsServer(folder, django_db_blocker.unblock)
        with server.running():
            yield server

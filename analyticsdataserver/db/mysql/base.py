"""Django's MySQL back end with the session, the tables and the time limits that this server relies on."""

import select
import time

from django.db.backends.mysql import base
from django.utils.functional import cached_property
from MySQLdb import OperationalError
from MySQLdb.constants import CR
from MySQLdb.cursors import BaseCursor, CursorTupleRowsMixIn, CursorUseResultMixIn

from analyticsdataserver.db import limits
from analyticsdataserver.db.breaker import BreakerMixin


class DatabaseSchemaEditor(base.DatabaseWrapper.SchemaEditorClass):
    """Creates tables that compare text by Unicode code point, as SQLite does."""

    @property
    def sql_create_table(self):
        collation = self.connection.code_point_collation
        return f"CREATE TABLE %(table)s (%(definition)s) CHARACTER SET utf8mb4 COLLATE {collation}"


class LimitedCursor(base.CursorWrapper):
    """Notices a statement that waits in vain. The driver's cursor receives all rows when it executes."""

    def __init__(self, cursor, database):
        super().__init__(cursor)
        self.database = database

    def execute(self, query, args=None):
        return self.database.waiting(super().execute, query, args)

    def executemany(self, query, args):
        return self.database.waiting(super().executemany, query, args)


class LazyCursor(CursorUseResultMixIn, CursorTupleRowsMixIn, BaseCursor):
    """Receives all rows at once, as the driver's default cursor does, but makes Python objects only when they are fetched.

    The statement ends at once, even for a slow client. Python objects would take several times the memory.
    """

    def _get_result(self):
        return self._get_db().store_result()


class DatabaseWrapper(BreakerMixin, base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    @cached_property
    def code_point_collation(self):
        """The server's binary utf8mb4 collation, if possible one that does not ignore trailing spaces."""
        if self.mysql_is_mariadb:
            return "utf8mb4_nopad_bin"
        with self.cursor() as cursor:
            cursor.execute("SHOW COLLATION LIKE 'utf8mb4_0900_bin'")
            return "utf8mb4_0900_bin" if cursor.fetchone() else "utf8mb4_bin"

    def get_connection_params(self):
        parameters = {"cursorclass": LazyCursor} | super().get_connection_params()
        if limits.are_enforced():
            seconds = limits.statement
            parameters |= {"connect_timeout": limits.CONNECT, "read_timeout": seconds, "write_timeout": seconds}
        return parameters

    def get_new_connection(self, conn_params):
        start = time.monotonic()
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            if time.monotonic() - start > limits.CONNECT - limits.GRACE:
                self.stalls()
            raise

    def init_connection_state(self):
        super().init_connection_state()
        # Otherwise the session's time zone would change TIMESTAMP columns; all responses are in UTC.
        session = "SET time_zone = '+00:00'"
        if limits.are_enforced():
            seconds = limits.statement - limits.GRACE
            if self.mysql_is_mariadb:
                session += f", max_statement_time = {seconds}"
            else:
                session += f", max_execution_time = {round(seconds * 1000)}"
        with self.cursor() as cursor:
            cursor.execute(session)

    def create_cursor(self, name=None):
        if not limits.are_enforced():
            return super().create_cursor(name)
        return LimitedCursor(self.connection.cursor(), self)

    def _commit(self):
        self.waiting(super()._commit)

    def _rollback(self):
        self.waiting(super()._rollback)

    def waiting(self, work, *arguments):
        """Do work that waits for the server, and report a stall if the driver gives up."""
        if limits.statement is None:
            return work(*arguments)
        start = time.monotonic()
        try:
            return work(*arguments)
        except Exception as error:
            is_lost = error.args and error.args[0] in (CR.SERVER_LOST, CR.SERVER_GONE_ERROR)
            if is_lost and time.monotonic() - start > limits.statement - limits.GRACE / 2:
                self.stalls()
            raise

    def is_usable(self):
        """Return True if this side has no sign that the connection is closed.

        Between two statements a server sends only its goodbye. A ping would cost every request a round trip, and the time
        limit of a statement if the server stalls.
        """
        if self.errors_occurred:
            # After a failure the driver does not tell whether it still has the connection.
            return False
        poller = select.poll()
        try:
            poller.register(self.connection.fileno(), select.POLLIN)
        except self.Database.Error:
            # The driver closed the connection itself.
            return False
        return not poller.poll(0)

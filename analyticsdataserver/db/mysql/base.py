"""Django's MySQL back end with the session, the tables and the limits that this server relies on."""

import select
import time

from django.db.backends.mysql import base
from django.utils.functional import cached_property
from MySQLdb import OperationalError
from MySQLdb.constants import CR
from MySQLdb.cursors import BaseCursor, CursorTupleRowsMixIn, CursorUseResultMixIn

from analyticsdataserver.db import limits
from analyticsdataserver.db.limited import LimitedDatabase


class DatabaseSchemaEditor(base.DatabaseWrapper.SchemaEditorClass):
    """Creates tables that compare text by Unicode code point, as SQLite does."""

    @property
    def sql_create_table(self):
        collation = self.connection.code_point_collation
        return f"CREATE TABLE %(table)s (%(definition)s) CHARACTER SET utf8mb4 COLLATE {collation}"


class LimitedCursor(base.CursorWrapper):
    """Gives up a statement that is overdue. When it is done its rows have come: the cursor stores all of them."""

    def __init__(self, cursor, database):
        super().__init__(cursor)
        self.database = database

    def execute(self, query, args=None):
        return self.database.in_time(super().execute, query, args)

    def executemany(self, query, args):
        return self.database.in_time(super().executemany, query, args)


class LazyCursor(CursorUseResultMixIn, CursorTupleRowsMixIn, BaseCursor):
    """Has received all rows of a statement, as the driver's own cursor, but makes objects of those alone that are fetched.

    The statement is over for the server, however slowly its rows are sent on; as objects they take several times the memory.
    """

    def _get_result(self):
        return self._get_db().store_result()


class DatabaseWrapper(LimitedDatabase, base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    @cached_property
    def code_point_collation(self):
        """The server's binary utf8mb4 collation that does not ignore trailing spaces, where it has one."""
        if self.mysql_is_mariadb:
            return "utf8mb4_nopad_bin"
        with self.cursor() as cursor:
            cursor.execute("SHOW COLLATION LIKE 'utf8mb4_0900_bin'")
            return "utf8mb4_0900_bin" if cursor.fetchone() else "utf8mb4_bin"

    def get_connection_params(self):
        parameters = {"cursorclass": LazyCursor} | super().get_connection_params()
        if limits.are_enforced():
            # For what no watchdog watches, such as a commit.
            timeouts = {"read_timeout": limits.statement + 1, "write_timeout": limits.statement + 1}
            parameters = timeouts | parameters | {"connect_timeout": limits.CONNECT}
        return parameters

    def get_new_connection(self, conn_params):
        if not limits.are_enforced():
            return super().get_new_connection(conn_params)
        start = time.monotonic()
        try:
            return limits.in_time(
                limits.CONNECT + limits.GRACE,
                lambda: super(DatabaseWrapper, self).get_new_connection(conn_params),
                lambda connection: connection.close(),
            )
        except limits.Overdue:
            self.stalls()
            raise OperationalError(CR.CONN_HOST_ERROR, f"no connection within {limits.CONNECT} seconds") from None
        except OperationalError:
            if time.monotonic() - start > limits.CONNECT - limits.GRACE:
                self.stalls()
            raise

    def init_connection_state(self):
        super().init_connection_state()
        # TIMESTAMP columns are converted to the session's time zone on reading; every answer is in UTC.
        session = "SET time_zone = '+00:00'"
        if limits.are_enforced():
            if self.mysql_is_mariadb:
                session += f", max_statement_time = {limits.statement}"
            else:
                session += f", max_execution_time = {limits.statement * 1000}"
        with self.cursor() as cursor:
            cursor.execute(session)

    def create_cursor(self, name=None):
        if not limits.are_enforced():
            return super().create_cursor(name)
        return LimitedCursor(self.connection.cursor(), self)

    def _commit(self):
        self.in_time(super()._commit)

    def _rollback(self):
        self.in_time(super()._rollback)

    def in_time(self, work, *arguments):
        """What something that waits for the server gives. It fails where that takes longer than a statement may."""
        if limits.statement is None or self.connection is None:
            return work(*arguments)
        watch = limits.watchdog.watch(self.connection.fileno(), limits.statement + limits.GRACE)
        try:
            return work(*arguments)
        finally:
            if limits.watchdog.release(watch):
                self.stalls()

    def is_usable(self):
        """Whether the connection still stands, as far as this side knows.

        Between two statements a server sends nothing but its goodbye, so there is no need to ask it: that would cost every
        request a round trip, and where the server stalls, as long as a statement may take.
        """
        if self.errors_occurred:
            # Of a connection that has failed the driver does not tell whether it still has it.
            return False
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return not poller.poll(0)

"""Django's MySQL back end with the session, the tables and the time limits that this server relies on."""

import logging
import select
import time
from functools import partial

from django.db import DatabaseError
from django.db.backends.mysql import base
from django.utils.functional import cached_property
from MySQLdb import Error, OperationalError
from MySQLdb.constants import CR, ER
from MySQLdb.cursors import BaseCursor, CursorTupleRowsMixIn, CursorUseResultMixIn

from analyticsdataserver.db import limits
from analyticsdataserver.db.breaker import BreakerMixin

logger = logging.getLogger(__name__)

CONNECTION_WAS_KILLED = 1927
# The connection is lost, or its node stops, has left its cluster (which Galera calls an unknown command), or gave way to
# a change that another node made. Another connection may lead to another node.
LOST = (
    *((CR.SERVER_LOST,), (CR.SERVER_GONE_ERROR,), (CR.SERVER_LOST_EXTENDED,), (CONNECTION_WAS_KILLED,)),
    *((ER.SERVER_SHUTDOWN,), (ER.UNKNOWN_COM_ERROR,), (ER.LOCK_DEADLOCK,)),
)


class DatabaseSchemaEditor(base.DatabaseWrapper.SchemaEditorClass):
    """Creates tables that compare text by Unicode code point, as SQLite does."""

    @property
    def sql_create_table(self):
        collation = self.connection.code_point_collation
        return f"CREATE TABLE %(table)s (%(definition)s) CHARACTER SET utf8mb4 COLLATE {collation}"


class LimitedCursor(base.CursorWrapper):
    """Notices a statement that waits in vain, and sends a SELECT again if its connection is lost.

    The driver's cursor receives all rows when it executes, so nobody has seen a row of a statement that failed.
    """

    def __init__(self, cursor, database):
        super().__init__(cursor)
        self.database = database

    def execute(self, query, args=None):
        if query.startswith("SELECT"):
            return self.database.trying_twice(partial(self.read, query, args), (limits.statement or 0) / 2)
        return self.database.waiting(super().execute, query, args)

    def read(self, query, args):
        if self.database.connection is None:
            self.database.ensure_connection()
            self.cursor = self.database.connection.cursor()
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
    # True while a connection is made or a statement is sent that would be sent again.
    is_trying = False

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

    def connect(self):
        self.trying_twice(super().connect, limits.CONNECT / 2)

    def trying_twice(self, work, seconds):
        """Do work that only reads, and do it again over another connection if its own is lost within some seconds."""
        if self.is_trying or self.is_probe or self.has_begun or self.in_atomic_block or not limits.are_enforced():
            return work()
        start, self.is_trying = time.monotonic(), True
        try:
            return work()
        except (Error, DatabaseError) as error:
            if error.args[:1] not in LOST or time.monotonic() - start > seconds:
                raise
            logger.warning("the database %s is asked again, since a connection was lost: %s", self.alias, error)
            self.close()
            return work()
        finally:
            self.is_trying = False

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

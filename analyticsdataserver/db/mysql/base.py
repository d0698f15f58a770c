"""Django's MySQL back end with the session and the tables that this server relies on."""

from django.db.backends.mysql import base
from django.utils.functional import cached_property


class DatabaseSchemaEditor(base.DatabaseWrapper.SchemaEditorClass):
    """Creates tables that compare text by Unicode code point, as SQLite does."""

    @property
    def sql_create_table(self):
        collation = self.connection.code_point_collation
        return f"CREATE TABLE %(table)s (%(definition)s) CHARACTER SET utf8mb4 COLLATE {collation}"


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = DatabaseSchemaEditor

    @cached_property
    def code_point_collation(self):
        """The server's binary utf8mb4 collation that does not ignore trailing spaces, where it has one."""
        if self.mysql_is_mariadb:
            return "utf8mb4_nopad_bin"
        with self.cursor() as cursor:
            cursor.execute("SHOW COLLATION LIKE 'utf8mb4_0900_bin'")
            return "utf8mb4_0900_bin" if cursor.fetchone() else "utf8mb4_bin"

    def init_connection_state(self):
        super().init_connection_state()
        with self.cursor() as cursor:
            # TIMESTAMP columns are converted to the session's time zone on reading; every answer is in UTC.
            cursor.execute("SET time_zone = '+00:00'")

"""A migration operation for tables that a pipeline may have created already."""

from django.db import migrations


class CreateOrAdoptModel(migrations.CreateModel):
    """Create the model's table with its indexes, or leave an existing table of that name as it is.

    It cannot be undone, because that would drop tables whose rows are not ours.
    """

    reversible = False

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.name)._meta.db_table
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            existing = connection.introspection.table_names(cursor, include_views=True)
        if connection.introspection.identifier_converter(table) not in existing:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create model {self.name} unless its table exists"

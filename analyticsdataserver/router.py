"""Keeps migrations and users where they belong.

Which analytics database answers a request is not decided here: a view hands the alias of its URL's version to the query.
"""

from django.conf import settings
from django.db import connections

PIPELINE_APP = "v0"


def database_identity(alias):
    """What tells two aliases of one database from two databases."""
    config = connections[alias].settings_dict
    return tuple(str(config.get(key, "")) for key in ("ENGINE", "HOST", "PORT", "NAME"))


class AnalyticsRouter:
    """The pipeline's tables live in the analytics databases, everything else in ``default``."""

    def db_for_read(self, model, **hints):
        return settings.ANALYTICS_DATABASE if model._meta.app_label == PIPELINE_APP else "default"

    db_for_write = db_for_read

    def allow_relation(self, obj1, obj2, **hints):
        return (obj1._meta.app_label == PIPELINE_APP) == (obj2._meta.app_label == PIPELINE_APP)

    def allow_migrate(self, db, app_label, **hints):
        # Aliases are compared by the database that they name: where all of them name one, `migrate` of `default` has
        # to create every table, because Django records each migration in it as applied, whatever a router skipped.
        homes = (
            [settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1] if app_label == PIPELINE_APP else ["default"]
        )
        return database_identity(db) in {database_identity(home) for home in homes}

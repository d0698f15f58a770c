"""Keeps migrations and users where they belong.

It does not choose the analytics database of a request: a view hands the alias of its URL's version to the query.
"""

from django.conf import settings
from django.db import connections

PIPELINE_APP = "v0"


def database_identity(alias):
    """Return a value that is equal for two aliases of one database."""
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
        # Several aliases may name one database. Then `migrate --database default` has to create every table, because Django
        # records each migration as applied even if the router skipped it.
        homes = (
            [settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1] if app_label == PIPELINE_APP else ["default"]
        )
        return database_identity(db) in {database_identity(home) for home in homes}

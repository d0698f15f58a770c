"""The demo data: the rows of the fixtures and the small rosters."""

from functools import cache
from itertools import groupby

from django.core import serializers
from django.db import connections, transaction
from django.db.models.sql import InsertQuery

from analytics_data_api.rosters.load import load_roster
from analytics_data_api.simulation.documented import FIXTURE_PATHS, SMALL_ROSTERS
from analytics_data_api.v0 import models

ROSTER_TABLES = (models.Roster, models.RosterFacet, models.RosterLearner, models.RosterTerm)


def by_model(rows):
    rows = sorted(rows, key=lambda row: row._meta.label)
    return [(model, list(group)) for model, group in groupby(rows, key=type)]


@cache
def demo_rows():
    """Return each model of the fixtures with the list of its rows."""
    texts = [path.read_text(encoding="utf-8") for path in FIXTURE_PATHS]
    return by_model(row.object for text in texts for row in serializers.deserialize("json", text))


@cache
def demo_inserts():
    """Return the statements that insert the demo data. A process makes them once, because that takes longest."""
    with transaction.atomic(using="analytics"):
        load_roster([str(SMALL_ROSTERS)], using="analytics")
        rosters = by_model(row for model in ROSTER_TABLES for row in model.objects.using("analytics"))
        transaction.set_rollback(True, using="analytics")
    statements = []
    for model, rows in [*demo_rows(), *rosters]:
        query = InsertQuery(model)
        query.insert_values(model._meta.local_concrete_fields, rows)
        statements += query.get_compiler(using="analytics").as_sql()
    return statements


def insert_demo_data():
    """Insert the demo data, without the large roster, into the database of version 0."""
    statements = demo_inserts()
    with connections["analytics"].cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)

"""Keep the demo data and its key away from databases that hold a site's data."""

from argparse import ArgumentParser

from django.apps import apps
from django.core.management.base import CommandError
from django.db import Error, connections

from analytics_data_api.simulation.documented import DEMO_COURSES


def add_force(parser: ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="also where the database has rows of other courses")


def refuse_other_courses(using: str, *, force: bool) -> None:
    """Raise CommandError if the database has rows of a course that is not the demo's."""
    try:
        found = None if force else other_course(using)
    except Error as error:
        raise CommandError(f"the database {using} failed, nothing was changed: {error}") from error
    if found:
        table, course_id = found
        raise CommandError(
            f"the database {using} has rows of {course_id!r} in {table}, which is not a demo course. Nothing was changed. "
            "If you want demo data beside other data, give --force (make: FORCE=1)."
        )


def other_course(using: str) -> tuple[str, str] | None:
    """Return the table and the id of a course that is not the demo's, or None."""
    existing = connections[using].introspection.table_names(include_views=True)
    for model in apps.get_app_config("v0").get_models():
        if model._meta.db_table in existing and any(field.name == "course_id" for field in model._meta.fields):
            courses = model._base_manager.using(using).exclude(course_id__in=DEMO_COURSES).order_by()
            for course_id in courses.values_list("course_id", flat=True)[:1]:
                return model._meta.db_table, course_id
    return None

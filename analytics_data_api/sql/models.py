"""What every table of the pipeline has."""

from django.db import models
from django.db.models.functions import Now

from analytics_data_api.sql.ids import IdField


class PipelineTable(models.Model):
    """A table that the site's pipeline computes and owns; this server only reads it."""

    id = models.BigAutoField(primary_key=True, help_text="Key of the row; a reload of the table may give new ones.")
    created = models.DateTimeField(db_default=Now(), help_text="When the row was computed, UTC.")

    class Meta:
        abstract = True


def course_id_field() -> models.CharField:
    return IdField(
        max_length=255,
        help_text="Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.",
    )


def row_indexes(table: str, *fields: str) -> list[models.Index]:
    """The indexes of a table: one that leads to an endpoint's rows, and those for pulls of all that is new.

    ``fields`` begins with the id that stands in the endpoint's URL, so that a request costs what its own rows cost. Names
    are at most 30 characters long, which is Django's limit.
    """
    return [
        models.Index(fields=fields, name=f"{table}_key"),
        models.Index(fields=["created"], name=f"{table}_created"),
        models.Index(fields=["course_id", "created"], name=f"{table}_course"),
    ]

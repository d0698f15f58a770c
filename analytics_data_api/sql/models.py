"""The columns and indexes that the pipeline's tables share."""

from typing import Any

from django.db import models
from django.db.models.functions import Now


def text_field(help_text: str, **options: Any) -> models.CharField:
    """Return a column of short texts."""
    return models.CharField(max_length=255, help_text=help_text, **options)


COURSE_ID_HELP = "Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course."


class PipelineTable(models.Model):
    """A table that the site's pipeline computes and owns; this server only reads it."""

    id = models.BigAutoField(primary_key=True, help_text="Key of the row; a reload of the table may give new ones.")
    created = models.DateTimeField(db_default=Now(), help_text="When the row was computed, UTC.")

    class Meta:
        abstract = True


class CourseTable(PipelineTable):
    """A pipeline's table whose rows name their course."""

    course_id = text_field(COURSE_ID_HELP)

    class Meta:
        abstract = True


def row_indexes(table: str, *fields: str) -> list[models.Index]:
    """Return the indexes of a table: one for its endpoint and two for pulls of its data set.

    ``fields`` begins with the id in the endpoint's URL, so that a request reads its own rows only.
    """
    return [
        models.Index(fields=fields, name=f"{table}_key"),
        models.Index(fields=["created"], name=f"{table}_created"),
        models.Index(fields=["course_id", "created"], name=f"{table}_course"),
    ]

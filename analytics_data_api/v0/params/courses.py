"""Parameters of a course's weekly activity."""

from analytics_data_api.constants import ACTIVITY_LABELS, ACTIVITY_TYPES, ANY
from analytics_data_api.web.parameters import Parameters, WordField


class ActivityTypeField(WordField):
    """A kind of activity by the API's name or by the table's label."""

    def to_internal_value(self, text: str) -> str:
        return super().to_internal_value(ACTIVITY_TYPES.get(text.upper(), text))


class ActivityTypeParameters(Parameters):
    activity_type = ActivityTypeField(
        choices=list(ACTIVITY_LABELS), help_text="Kind of activity to count; default any."
    )
    label = ActivityTypeField(choices=list(ACTIVITY_LABELS), help_text="Former name of activity_type.")

    @classmethod
    def to_value(cls, *, activity_type: str | None, label: str | None) -> str:
        return activity_type or label or ANY

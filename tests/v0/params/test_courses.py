"""Kinds of activity."""

import pytest

from analytics_data_api.errors import IllegalParameterValues
from analytics_data_api.v0.params.courses import ActivityTypeParameters


@pytest.mark.parametrize(
    "query, activity_type",
    [
        ({}, "any"),
        ({"activity_type": ""}, "any"),
        ({"activity_type": "ACTIVE"}, "any"),
        ({"activity_type": "Any"}, "any"),
        ({"activity_type": "attempted_problem"}, "attempted_problem"),
        ({"activity_type": "PLAYED_VIDEO"}, "played_video"),
        ({"label": "POSTED_FORUM"}, "posted_forum"),
        ({"activity_type": "", "label": "played_video"}, "played_video"),
        ({"activity_type": "any", "label": "played_video"}, "any"),
    ],
)
def test_good(query, activity_type):
    assert ActivityTypeParameters.read(query) == activity_type


@pytest.mark.parametrize("parameter", ["activity_type", "label"])
@pytest.mark.parametrize("text", ["nonsense", "ACTIVE ", "all", "0", "any,played_video"])
def test_malformed(parameter, text):
    with pytest.raises(IllegalParameterValues) as refusal:
        ActivityTypeParameters.read({parameter: text})
    for words in (parameter, repr(text), "any, attempted_problem, played_video, posted_forum"):
        assert words in str(refusal.value)

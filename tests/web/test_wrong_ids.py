"""A 404 says so if the id is one of another kind."""

import pytest

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("videos/i4x-edX-DemoX-video-abc/timeline/", "looks like an encoded_module_id"),
        ("videos/0123456789abcdef/timeline/", "COURSE_ID|ENCODED_MODULE_ID"),
        ("problems/i4x-edX-DemoX-problem-abc_2_1/answer_distribution/", "looks like a part_id"),
        ("problems/abc_2_1/grade_distribution/", "looks like a part_id"),
        ("problems/edX%2FDemoX%2FRun|i4x-edX-DemoX-video-abc/grade_distribution/", "looks like a pipeline_video_id"),
    ],
)
def test_says_so(api, path, hint):
    response = api.get(f"/api/v0/{path}")
    assert response.status_code == 404
    assert hint in response.json()["developer_message"]


@pytest.mark.parametrize(
    "path",
    [
        "videos/edX%2FDemoX%2FRun|i4x-edX-DemoX-video-abc/timeline/",
        "problems/i4x:%2F%2FedX%2FDemoX%2Fproblem%2Fabc_2_1/answer_distribution/",
        "problems/block-v1:edX+DemoX+Run+type@problem+block@abc/grade_distribution/",
    ],
)
def test_says_nothing_of_an_unknown_id_of_the_right_kind(api, path):
    assert "looks like" not in api.get(f"/api/v0/{path}").json()["developer_message"]

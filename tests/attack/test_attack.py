"""Generated requests to the application in this process; ``make attack`` sends many more of them to a running server."""

import pytest

from tests.attack.data import fill
from tests.attack.generator import Generator
from tests.attack.judge import Judge
from tests.attack.known import known
from tests.attack.prepare import set_keys
from tests.attack.sending import InProcess
from tests.support.description import committed_description

pytestmark = pytest.mark.django_db(databases="__all__")

# As many as the seconds of a test run are worth: each path of the description is met by every format some times.
REQUESTS, SEED = 800, 2026


@pytest.mark.parametrize("part", [0, 1])
def test_generated_requests(demo_data, part):
    for alias in ("analytics", "analytics_v1"):
        fill(alias)
    set_keys()
    description, stored = committed_description(), known("analytics")
    generator = Generator(description.paths, stored, SEED)
    judge, sender = Judge(description, courses=stored.course_id), InProcess()
    statuses = set()
    for number in range(part * REQUESTS, (part + 1) * REQUESTS):
        request = generator.request(number)
        answer = sender.send(request)
        complaints = list(judge.complaints(request, answer))
        assert complaints == [], request.curl("http://127.0.0.1:8000")
        statuses.add(answer.status)
    assert statuses >= {200, 400, 401, 403, 404, 405, 406}

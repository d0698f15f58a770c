"""What the tests of loads share."""

import pytest

from tests.support.rosters import COURSE, OTHER, contents, load


@pytest.fixture
def write(tmp_path):
    def written(content, name="learners.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return written


@pytest.fixture
def old_rosters():
    """Rosters that a load is to replace, or to leave as they are."""
    load(COURSE, [{"username": "old"}])
    load(OTHER, [{"username": "old"}])
    return contents()

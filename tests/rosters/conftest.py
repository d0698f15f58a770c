"""Fixtures of the tests of loads."""

import pytest

from tests.support.rosters import COURSE, OTHER, contents, load_learners


@pytest.fixture
def write(tmp_path):
    def written(content, name="learners.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return written


@pytest.fixture
def old_rosters():
    """Load rosters that a later load replaces or leaves unchanged. Return their rows."""
    load_learners(COURSE, [{"username": "old"}])
    load_learners(OTHER, [{"username": "old"}])
    return contents()

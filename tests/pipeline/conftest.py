"""Fixtures of the pipeline's tests."""

import pytest


@pytest.fixture
def events_dir(settings, tmp_path):
    """Return the folder of an event store that is the test's own."""
    settings.EVENTS_DIR = str(tmp_path / "events")
    return tmp_path / "events"

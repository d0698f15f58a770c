"""What the tests of the pipeline share."""

import pytest


@pytest.fixture
def events_dir(settings, tmp_path):
    """An event store of the test's own."""
    settings.EVENTS_DIR = str(tmp_path / "events")
    return tmp_path / "events"

"""What tests of the configuration share."""

import pytest
import yaml


@pytest.fixture
def write(tmp_path):
    """Writes a configuration file, from a dictionary or from text, and gives its path."""

    def written(content):
        path = tmp_path / "analytics_api.yml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
        return str(path)

    return written

"""The image of the Dockerfile and the site of the compose file, as far as they run without a container engine."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml

from analyticsdataserver.env import VARIABLES
from tests.support.image import Image, context, python_for_all
from tests.support.running import ROOT, free_port

pytestmark = pytest.mark.servers

COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def image():
    trial = ["setpriv", "--reuid", "10001", "--clear-groups", python_for_all(), "-c", ""]
    if os.geteuid() == 0 and subprocess.run(trial, capture_output=True, check=False).returncode:
        pytest.skip(f"only root may run {python_for_all()}, and the image has an ordinary user")
    # Other users cannot read pytest's folders.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Image(Path(folder))


@pytest.fixture(scope="module")
def variables(image):
    return {
        "DATABASE_URL": f"sqlite:///{image.volume}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{image.volume}/analytics.sqlite3",
        "SECRET_KEY": "of-an-image-and-of-nobody-else-0123456789-abcdefghijk",
        "ALLOWED_HOSTS": ".example.com,localhost",
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "METRICS_PORT": str(free_port()),
        "EVENTS_DIR": str(image.volume / "events"),
        "WORKERS": "2",
    }


@pytest.fixture(scope="module")
def server(image, variables):
    code, output = image.ran(
        ["sh", "-c", " ".join(COMPOSE["services"]["migrate"]["command"].split()).split('"')[1]], **variables
    )
    assert code == 0, output
    code, output = image.ran(["python", "manage.py", "set_api_key", "insights", "key-of-insights"], **variables)
    assert code == 0, output
    assert image.ran(image.check, **variables)[0] == 1
    process = image.start(image.command, **variables)
    end = time.monotonic() + 60
    while image.ran(image.check, **variables)[0]:
        assert process.poll() is None and time.monotonic() < end, process.communicate()
        time.sleep(0.5)
    yield process
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "Traceback" not in output


def get(variables, path, port="PORT"):
    headers = {"Authorization": "Token key-of-insights", "Host": "data.example.com"}
    with urlopen(Request(f"http://127.0.0.1:{variables[port]}{path}", headers=headers), timeout=60) as response:
        return response.read()


def test_it_answers(server, variables):
    assert json.loads(get(variables, "/health/"))["overall_status"] == "OK"
    assert json.loads(get(variables, "/api/v0/data_sets/"))
    assert b"analytics_api_workers" in get(variables, "/metrics", port="METRICS_PORT")
    assert b"<html" in get(variables, "/docs/")


def test_commands_of_the_pipeline(server, image, variables):
    code, output = image.ran(["python", "manage.py", "compute_tables", "--no-progress"], **variables)
    assert code == 0, output


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run it as another user")
def test_it_may_not_write(server, image, variables):
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{server.pid}/status").read_text().splitlines())
    assert set(status["Uid"].split()) == set(status["Gid"].split()) == {image.user_id}
    assert (int(status["CapEff"], 16), int(status["CapBnd"], 16), status["NoNewPrivs"].strip()) == (0, 0, "1")
    for path in (image.app / "manage.py", image.app / "new", "/etc/new"):
        assert image.ran(["sh", "-c", 'echo >> "$0"', str(path)], **variables)[0] != 0


def test_it_speaks_mysql(image, variables):
    if not image.has_mysql:
        pytest.skip("there are no headers of MariaDB's client: scripts/mysql-headers")
    assert image.ran(["python", "-c", "import MySQLdb"], **variables) == (0, "")


def test_it_has_what_serving_needs_alone():
    folders = {name.partition("/")[0] for name in context()}
    assert folders == {"LICENSE", "analytics_data_api", "analyticsdataserver", "deploy", "manage.py", "requirements"}


class TestCompose:
    def test_its_variables_exist(self):
        [environment] = [COMPOSE["services"][name]["environment"] for name in ("server",)]
        assert set(environment) <= set(VARIABLES)
        assert COMPOSE["services"]["migrate"]["environment"] == environment

    def test_no_secret_is_in_it(self):
        text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
        secrets = re.findall(r"^ +\w*(?:PASSWORD|SECRET_KEY)\w*: (.*)$", text, re.MULTILINE)
        assert secrets and all(value.startswith("${") or value == '"1"' for value in secrets)

    def test_its_variables_are_documented(self):
        text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
        page = (ROOT / "docs" / "operating.rst").read_text(encoding="utf-8")
        for name in re.findall(r"\$\{(\w+):\?\}", text):
            assert f"{name}=" in page

    def test_the_container_may_write_as_the_image_does(self):
        server = COMPOSE["services"]["server"]
        assert server["read_only"] and server["tmpfs"] == ["/tmp"] and server["cap_drop"] == ["ALL"]
        [volume] = server["volumes"]
        assert f"EVENTS_DIR={volume.partition(':')[2]}/events" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["analytics-api.service", "analytics-tables.service", "analytics-tables.timer"])
def test_units(name, tmp_path):
    analyze = "/usr/bin/systemd-analyze"
    if not Path(analyze).exists():
        pytest.skip("there is no systemd")
    for path in (ROOT / "deploy").glob("analytics-*"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("/srv/analytics-api/.venv/bin/python", "/bin/true"))
    ran = subprocess.run([analyze, "verify", "--man=no", tmp_path / name], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")

"""The documented backup, restored: a server gives the same answers as before."""

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import quote, urlsplit

import pytest

from tests.pipeline import logs
from tests.support.own_database import own_database, run_sql
from tests.support.routes import ROUTES
from tests.support.running import KEY, ROOT, free_port, gunicorn, install, manage

pytestmark = pytest.mark.servers

PAGE = (ROOT / "docs" / "backup.rst").read_text(encoding="utf-8")
RESTRICTED, WRONG = "key-of-carol", "key-of-nobody"


def commands(label):
    """Return the commands of the page's block below a label as a script."""
    block = re.search(rf"^\.\. {label}\n\.\. code-block:: console\n\n((?:   # .*\n)+)", PAGE, re.MULTILINE)[1]
    return "".join(line.removeprefix("   # ") + "\n" for line in block.splitlines())


class Site:
    """A server's databases and event store, on SQLite or on the MariaDB that the environment names."""

    def __init__(self, folder, stack):
        self.folder = folder
        self.kind = "mariadb" if os.environ.get("ANALYTICS_DATABASE_URL", "").startswith("mysql:") else "sqlite"
        users = stack.enter_context(own_database("backup_users", beside="DATABASE_URL"))
        figures = stack.enter_context(own_database("backup_reports"))
        self.environment = {**figures, "EVENTS_DIR": f"{folder}/var/lib/analytics-api/events"}
        if self.kind == "mariadb":
            self.environment["DATABASE_URL"] = users["ANALYTICS_DATABASE_URL"]
        else:
            (folder / "srv/analytics-api").mkdir(parents=True)
            for variable, name in (("DATABASE_URL", "default"), ("ANALYTICS_DATABASE_URL", "analytics")):
                self.environment[variable] = f"sqlite:///{folder}/srv/analytics-api/{name}.sqlite3"
        self.environment |= {"PORT": str(free_port()), "WORKERS": "1", "HOST": "127.0.0.1"}

    def names(self):
        """Return the names of the databases by those of the documentation."""
        urls = (self.environment["DATABASE_URL"], self.environment["ANALYTICS_DATABASE_URL"])
        return dict(zip(("analytics_api", "reports"), (urlsplit(url).path.strip("/") for url in urls), strict=True))

    def run(self, script):
        """Run commands of the documentation on the databases and folders of this site."""
        for path in ("/srv/", "/var/lib/"):
            script = script.replace(path, f"{self.folder}{path}")
        script = script.replace("python3 -c", f"{sys.executable} -c")
        if self.kind == "mariadb":
            for documented, own in self.names().items():
                script = re.sub(rf"(?<![/\w]){documented}(?![./\w])", own, script)
            url = urlsplit(self.environment["DATABASE_URL"])
            options = {"host": url.hostname, "port": url.port or 3306, "user": url.username, "password": url.password}
            lines = [f"{name}={value}" for name, value in options.items() if value]
            (self.folder / ".my.cnf").write_text("\n".join(["[client]", *lines, ""]), encoding="utf-8")
        how = {"env": {**os.environ, "HOME": str(self.folder)}, "capture_output": True, "text": True}
        ran = subprocess.run(["sh", "-euxc", script], cwd=self.folder, check=False, **how)
        assert ran.returncode == 0, ran.stderr

    def lose(self):
        """Delete all that was backed up."""
        if self.kind == "mariadb":
            for name in self.names().values():
                run_sql(urlsplit(self.environment["DATABASE_URL"]), f"DROP DATABASE `{name}`")
        shutil.rmtree(self.folder / "var")
        for path in (self.folder / "srv").glob("analytics-api/*"):
            path.unlink()

    def load_events(self):
        command = [sys.executable, "manage.py", "load_events", "--jobs", "1", "--json", f"{self.folder}/logs"]
        ran = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True)
        return json.loads(ran.stdout)["events"]


def fill(site):
    """Load the demo data, a roster, keys and a log."""
    install(site.environment)
    fixtures = sorted(map(str, (ROOT / "fixtures").glob("*.json")))
    manage(site.environment, "loaddata", "--verbosity", "0", "--database", "analytics", *fixtures)
    roster = "".join(
        json.dumps(
            {"course_id": "edX/DemoX/Demo_Course", "username": f"ada-{number}", "name": f"Ada Łovelace {number}"}
        )
        + "\n"
        for number in range(30)
    )
    (site.folder / "roster.jsonl").write_text(roster, encoding="utf-8")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manage(site.environment, "load_roster", f"{site.folder}/roster.jsonl", **quiet)
    manage(site.environment, "set_api_key", "carol", RESTRICTED, "--org", "edX", "--no-personal-data", **quiet)
    (site.folder / "logs").mkdir()
    (site.folder / "logs" / "tracking.log").write_bytes(logs.lines(range(50)))
    assert site.load_events() == {"other": 50}


def requests():
    """Yield the key and the path of each recorded request."""
    paths = [f"/api/{version}/{route.sample}" for route in ROUTES for version in ("v0", "v1")]
    course = quote("edX/DemoX/Demo_Course")
    paths += [f"/api/v0/learners/?course_id={course}&text_search=ada*&page={page}&page_size=3" for page in range(1, 6)]
    paths += [f"/api/v0/learners/ada-{number}/?course_id={course}" for number in range(5)]
    # A link to a report has the time of the request.
    for path in (path for path in paths if "/reports/" not in path):
        mark = "&" if "?" in path else "?"
        yield from ((KEY, path), (KEY, f"{path}{mark}format=csv"), (RESTRICTED, path), (WRONG, path))


def answers(site, asked):
    """Return the status, the content type and the body of each response."""
    connection = HTTPConnection("127.0.0.1", int(site.environment["PORT"]), timeout=60)
    found = []
    for key, path in asked:
        connection.request("GET", path, headers={"Authorization": f"Token {key}"})
        response = connection.getresponse()
        body = response.read().replace(site.environment["PORT"].encode(), b"PORT")
        found.append((key, path, response.status, response.headers["Content-Type"], body))
    connection.close()
    return found


def test_restored_site_gives_the_same_answers(tmp_path):
    if shutil.which("mariadb-dump") is None and os.environ.get("DATABASE_URL", "").startswith("mysql:"):
        pytest.skip("there is no mariadb-dump")
    with ExitStack() as stack:
        site = Site(tmp_path, stack)
        fill(site)
        asked = list(requests())
        assert len(asked) >= 200
        with gunicorn(site.environment, stderr=subprocess.DEVNULL):
            before = answers(site, asked)
            site.run(commands(f"backup: {site.kind}"))
        statuses = {status for _key, _path, status, _type, _body in before}
        assert {200, 401, 403} <= statuses <= {200, 401, 403, 404}
        assert sum(status == 200 for _key, _path, status, _type, _body in before) > 100
        site.lose()
        site.run(commands(f"restore: {site.kind}"))
        with gunicorn(site.environment, stderr=subprocess.DEVNULL):
            assert answers(site, asked) == before
        # The store knows what has been loaded.
        assert not site.load_events()
    assert getpass.getuser() not in PAGE

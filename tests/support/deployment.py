"""A deployment of an older server, with its configuration file and its databases, in which this server runs instead.

gunicorn runs with the production settings. Versions 0 and 1 read two databases whose tables a pipeline made, in two
shapes and with different counts, so that a response shows from which database it comes.
"""

import copy
import os
import pwd
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token

from analyticsdataserver.env import VARIABLES
from tests.support import databases, pipeline_tables
from tests.support.running import gunicorn

KEY = "key-of-a-deployment"

# The database of version 1 counts this number of additional learners in each of these columns.
MORE = 1000
COUNTS = (
    "count",
    "last_response_count",
    "total_submissions",
    "users_at_start",
    "num_users",
)


@dataclass(frozen=True)
class Deployment:
    url: str
    process: subprocess.Popen
    log: Path
    configuration: Path
    reports: Path

    def root(self, version):
        return f"{self.url}/api/{version}"


@contextmanager
def deployed(rows, folder, user=None, python=(sys.executable,)):
    """Run a deployment while the block runs. Fail if one of its analytics databases has changed afterwards.

    With ``user`` the server runs as that system user, who becomes the owner of the folder, by the command ``python``.
    """
    with ExitStack() as stack:
        users = stack.enter_context(databases.empty("default", folder))
        databases.migrate("default")
        Token.objects.create(user=get_user_model().objects.create(username="dashboard"), key=KEY)

        readers = {}
        states = {}
        shapes = pipeline_tables.shapes_for(users)
        of_version = {"analytics": (shapes[0], rows), "analytics_v1": (shapes[1], with_more_learners(rows))}
        for alias, (shape, content) in of_version.items():
            dump = stack.enter_context(pipeline_tables.dumped(alias, shape, content, folder))
            states[alias] = pipeline_tables.state(dump)
            reader = stack.enter_context(pipeline_tables.read_only(alias, dump))
            readers[alias] = (dump, reader.settings_dict)

        reports = folder / "reports"
        reports.mkdir()
        configuration = folder / "analytics_api.yml"
        configuration.write_text(
            yaml.safe_dump(
                {
                    "ALLOWED_HOSTS": ["127.0.0.1"],
                    "ANALYTICS_DATABASE": "reports",
                    "ANALYTICS_DATABASE_V1": "reports_v1",
                    "DATABASES": {
                        "default": as_configured(users.settings_dict),
                        "reports": as_configured(readers["analytics"][1]),
                        "reports_v1": as_configured(readers["analytics_v1"][1]),
                    },
                    "ELASTICSEARCH_LEARNERS_HOST": "http://localhost:9200/",
                    "REPORT_DOWNLOAD_BACKEND": {"MEDIA_ROOT": str(reports), "MEDIA_URL": "http://files.example.com/"},
                    "SECRET_KEY": "of-a-deployment-and-of-nobody-else-0123456789abcdef",
                }
            ),
            encoding="utf-8",
        )
        log = folder / "log"
        port = databases.port_where_nothing_listens()
        with production_server(configuration, port, log, user, python) as process:
            yield Deployment(f"http://127.0.0.1:{port}", process, log, configuration, reports)
        for alias, (dump, _config) in readers.items():
            assert pipeline_tables.state(dump) == states[alias], f"the database of {alias} has changed"


def with_more_learners(rows):
    found = []
    for model, objects in rows:
        names = [field.name for field in model._meta.local_concrete_fields if field.name in COUNTS]
        copies = [copy.copy(row) for row in objects]
        for row in copies:
            for name in names:
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) + MORE)
        found.append((model, copies))
    return found


def as_configured(settings):
    """Return a database in the form of an older server's configuration file."""
    parts = {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT") if settings.get(name)}
    engine = settings["ENGINE"].replace("analyticsdataserver.db.mysql", "django.db.backends.mysql")
    return {"ENGINE": engine, **parts, "NAME": str(settings["NAME"])}


@contextmanager
def production_server(configuration, port, log, user, python):
    environ = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environ |= {
        "ANALYTICS_API_CFG": str(configuration),
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.production",
        "PORT": str(port),
        "WORKERS": "2",
    }
    with log.open("w") as output:
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        for path in [log.parent, *log.parent.rglob("*")] if user else []:
            shutil.chown(path, user)
        with gunicorn(environ, python=python, stderr=output, **as_user) as process:
            yield process

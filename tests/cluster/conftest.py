"""A cluster with the demo data and two servers on it."""

import os
import sys
from contextlib import ExitStack

import pytest

from analyticsdataserver.env import VARIABLES
from tests.cluster.data import insert_data
from tests.support.measured_server import PRODUCTION
from tests.support.running import GUNICORN, ROOT


class Serving:
    """The cluster, and the servers that HAProxy knows."""

    def __init__(self, cluster, directory, stack):
        from tests.cluster.cluster import Program

        self.cluster = cluster
        others = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        self.environment = {**others, **PRODUCTION, **cluster.environment()}
        self.environment |= {
            "ALLOWED_HOSTS": "127.0.0.1,analytics.example.com",
            "EVENTS_DIR": str(directory / "events"),
            "GEOIP_DATABASE": str(directory / "site" / "countries.mmdb"),
            # Redis counts all requests.
            "THROTTLE_RATE_USER": "1000000/minute",
            "HOST": "127.0.0.1",
            "WORKERS": "1",
            "THREADS": "4",
        }
        writing = {**self.environment, "ANALYTICS_DATABASE_URL": self.environment["ANALYTICS_WRITE_URL"]}
        insert_data(writing, cluster.nodes[0], directory)
        self.servers = []
        for number, port in enumerate(cluster.servers, 1):
            command = ["env", f"PORT={port}", sys.executable, *GUNICORN]
            server = Program(command, port, directory / f"api{number}.log", cwd=ROOT, env=self.environment)
            self.servers.append(server)
            stack.callback(server.stop_if_started)


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    pytest.importorskip("MySQLdb")
    from tests.cluster.cluster import running_cluster

    with ExitStack() as stack:
        cluster = stack.enter_context(running_cluster())
        yield Serving(cluster, tmp_path_factory.mktemp("serving"), stack)

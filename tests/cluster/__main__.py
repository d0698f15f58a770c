"""Run a command with databases on a Galera cluster behind HAProxy: ``python -m tests.cluster COMMAND…``.

Each connection goes to the next node, and sees what all nodes have committed.
"""

import os
import subprocess
import sys

from tests.cluster.cluster import running_cluster

WAITS_FOR_ALL = "?init_command=SET%20wsrep_sync_wait%3D15"


def main():
    with running_cluster() as cluster:
        names = {
            "DATABASE_URL": "default",
            "ANALYTICS_DATABASE_URL": "analytics",
            "ANALYTICS_DATABASE_URL_V1": "analytics_v1",
        }
        urls = {name: cluster.url(cluster.reads, database) + WAITS_FOR_ALL for name, database in names.items()}
        return subprocess.run(sys.argv[1:], env={**os.environ, **urls}).returncode


if __name__ == "__main__":
    sys.exit(main())

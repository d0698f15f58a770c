"""Run a command with databases on a Galera cluster behind HAProxy: ``python -m tests.cluster COMMAND…``.

All connections go to the node that takes the writes: a test connects to databases that it has just created, which another
node may not have yet.
"""

import os
import subprocess
import sys

from tests.cluster.cluster import running_cluster

VARIABLES = ("DATABASE_URL", "ANALYTICS_DATABASE_URL", "ANALYTICS_DATABASE_URL_V1")


def main():
    with running_cluster() as cluster:
        names = ("analytics_default", "analytics", "analytics_v1")
        urls = {
            name: cluster.url(cluster.writes, database, waits=True)
            for name, database in zip(VARIABLES, names, strict=True)
        }
        return subprocess.run(sys.argv[1:], env={**os.environ, **urls}).returncode


if __name__ == "__main__":
    sys.exit(main())

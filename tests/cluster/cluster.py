"""Three database nodes, two balancers and Redis on the loopback, from Debian's packages."""

import os
import random
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import MySQLdb

from tests.cluster.galera import GaleraNode
from tests.faults.mariadb import program
from tests.support.running import PATIENCE, ROOT, free_port

DATABASES = ("analytics_api", "reports")
PASSWORD = secrets.token_urlsafe(12)
# The databases of the account: its own, and those of the tests.
RIGHTS = (*DATABASES, r"test\_analytics%")


class Program:
    """A process that may be killed and launched again."""

    def __init__(self, command, port, log, host="127.0.0.1", **how):
        self.command, self.address, self.log, self.how = command, (host, port), log, how
        self.process = None

    def launch(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True, **self.how)

    def wait(self):
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), socket.create_connection(self.address, timeout=1):
                return
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def kill(self):
        """Kill the process and those that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        self.kill()

    def stop_if_started(self):
        if self.process:
            self.stop()


class Cluster:
    """The machines of the documented configuration files, at addresses and ports of their own."""

    def __init__(self, directory):
        self.directory = directory
        self.addresses = loopback_addresses()
        self.http, self.writes, self.reads = (free_port() for _port in range(3))
        self.servers = [free_port(), free_port()]
        self.nodes = [GaleraNode(directory / f"db{number}", number, self.addresses) for number in (1, 2, 3)]
        self.balancers = [self.balancer("lb1"), self.balancer("lb2")]
        redis = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port"]
        redis_port = free_port()
        self.redis = Program([*redis, str(redis_port)], redis_port, directory / "redis.log")
        self.redis_url = f"redis://127.0.0.1:{redis_port}/0"

    def balancer(self, name):
        """Return one of the two balancers. The second one listens on the ports of the first one at an address of its own."""
        host = "127.0.0.1" if name == "lb1" else self.addresses["10.0.0.2"]
        file = self.directory / f"{name}.cfg"
        file.write_text(self.balancer_configuration(host), encoding="utf-8")
        command = [program("haproxy"), "-db", "-L", name, "-f", str(file)]
        return Program(command, self.http, self.directory / f"{name}.log", host)

    def balancer_configuration(self, host):
        text = (ROOT / "docs" / "haproxy.cfg").read_text(encoding="utf-8")
        changes = {
            ":443 ssl crt /etc/haproxy/analytics.example.com.pem": f"{host}:{self.http}",
            "bind :3307": f"bind {host}:{self.writes}",
            "bind :3308": f"bind {host}:{self.reads}",
            "10.0.0.21:8000": f"127.0.0.1:{self.servers[0]}",
            "10.0.0.22:8000": f"127.0.0.1:{self.servers[1]}",
            "/etc/haproxy/galera-synced": str(ROOT / "docs" / "galera-synced"),
            "    user haproxy\n    group haproxy\n": "",
        }
        for documented, tested in changes.items():
            assert text.count(documented) == 1, documented
            text = text.replace(documented, tested)
        for documented, tested in self.addresses.items():
            text = text.replace(documented, tested)
        return text

    def url(self, port, database, *, waits=False):
        """Return the URL of a database behind HAProxy. If it waits, it sees what any node has committed."""
        option = "?init_command=SET%20wsrep_sync_wait%3D1" if waits else ""
        return f"mysql://api:{PASSWORD}@127.0.0.1:{port}/{database}{option}"

    def environment(self):
        """Return the variables of a server and of commands that write."""
        return {
            "DATABASE_URL": self.url(self.writes, "analytics_api", waits=True),
            "ANALYTICS_DATABASE_URL": self.url(self.reads, "reports"),
            "ANALYTICS_WRITE_URL": self.url(self.writes, "reports"),
            "CACHE_URL": self.redis_url,
        }

    def start(self, stack):
        """Start everything, and let the stack stop it."""
        for program_ in (*self.nodes, *self.balancers, self.redis):
            stack.callback(program_.stop_if_started)
        first = self.nodes[0]
        first.install()
        first.launch("--wsrep-new-cluster")
        first.wait()
        first.execute("CREATE USER haproxy", f"CREATE USER api IDENTIFIED BY '{PASSWORD}'")
        first.execute(*(f"GRANT ALL ON `{rights}`.* TO api" for rights in RIGHTS))
        first.execute(*(f"CREATE DATABASE {name} CHARACTER SET utf8mb4" for name in DATABASES))
        # One after the other, since each copies the files of another node.
        for node in self.nodes[1:]:
            node.launch()
            node.wait()
        for program_ in (*self.balancers, self.redis):
            program_.launch()
            program_.wait()
        self.wait_for_writes()

    def wait_for_writes(self):
        """Return when HAProxy knows a synced node."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return MySQLdb.connect(host="127.0.0.1", port=self.writes, user="api", password=PASSWORD).close()
            except MySQLdb.Error:
                assert time.monotonic() < end, self.balancers[0].log.read_text()[-3000:]
                time.sleep(0.2)


def loopback_addresses():
    """Return an address of the loopback for each machine of the documentation."""
    network = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}"
    return {f"10.0.0.{number}": f"{network}.{number}" for number in (11, 12, 13, 21, 22, 1, 2)}


@contextmanager
def running_cluster():
    # A terminated run stops its processes as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cluster-")))
        directory.chmod(0o755)
        cluster = Cluster(directory)
        cluster.start(stack)
        yield cluster

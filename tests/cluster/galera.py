"""A MariaDB node of a Galera cluster, with the configuration of the documentation."""

import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress

import MySQLdb

from tests.faults.mariadb import MariaDB, program
from tests.support.running import PATIENCE, ROOT

SYNCED = "4"
PORT = 3306
POSITION = re.compile(r"Recovered position:\s*(\S+)")
# Small, since the nodes share a machine.
SMALL = ("--innodb-buffer-pool-size=32M", "--innodb-log-file-size=32M", "--key-buffer-size=1M", "--max-connections=200")


class GaleraNode(MariaDB):
    """The node db1, db2 or db3, which has an address of the loopback of its own.

    As root, the node runs as the user mysql: rsync serves no files of root.
    """

    def __init__(self, directory, number, addresses):
        self.directory, self.name, self.address = directory, f"db{number}", addresses[f"10.0.0.1{number}"]
        self.port, self.process = PORT, None
        directory.mkdir()
        (directory / "data").mkdir()
        (directory / "my.cnf").write_text(self.configuration(number, addresses), encoding="utf-8")
        self.user = "mysql" if os.geteuid() == 0 else None
        self.options = [f"--defaults-file={directory / 'my.cnf'}", f"--datadir={directory / 'data'}"]
        if self.user:
            self.options.append(f"--user={self.user}")
            for path in (directory, directory / "data"):
                shutil.chown(path, self.user, self.user)

    def configuration(self, number, addresses):
        """Return the documented file of this node, with its addresses on the loopback and a smaller cache."""
        text = (ROOT / "docs" / "galera.cnf").read_text(encoding="utf-8")
        lines = [line if "gcomm:" in line else line.replace("10.0.0.11", self.address) for line in text.splitlines()]
        text = "\n".join(lines).replace("= db1", f"= {self.name}").replace("gcache.size=1G", "gcache.size=32M")
        for documented, tested in addresses.items():
            text = text.replace(documented, tested)
        return text + "\n"

    def install(self):
        command = [program("mariadb-install-db"), *self.options, "--auth-root-authentication-method=normal"]
        subprocess.run([*command, "--skip-test-db"], check=True, stdout=subprocess.DEVNULL)

    def launch(self, *options):
        """Start the node. It joins the others if it does not get ``--wsrep-new-cluster``."""
        command = [program("mariadbd"), *self.options, *SMALL]
        command += [f"--socket={self.directory / 'socket'}", f"--pid-file={self.directory / 'pid'}"]
        if self.process:
            options = (f"--wsrep-start-position={self.position(command)}", *options)
        with (self.directory / "log").open("a") as log:
            # Its own session holds the processes that copy files, too.
            self.process = subprocess.Popen([*command, *options], stdout=log, stderr=log, start_new_session=True)

    def position(self, command):
        """Return the last write that the node has, as Debian's unit of systemd does. The node needs only what came later."""
        recovery = subprocess.run([*command, "--wsrep-recover"], capture_output=True, text=True)
        found = POSITION.findall(recovery.stderr)
        assert found, recovery.stderr
        return found[-1]

    def wait(self):
        """Return when the node is synced."""
        end = time.monotonic() + PATIENCE
        while True:
            with suppress(MySQLdb.Error):
                if self.state() == SYNCED:
                    return
            log = (self.directory / "log").read_text()
            assert time.monotonic() < end and self.process.poll() is None, f"{self.name} does not start: {log[-5000:]}"
            time.sleep(0.1)

    def state(self):
        return self.execute("SHOW STATUS LIKE 'wsrep_local_state'")[0][1]

    def connect(self, **options):
        return MySQLdb.connect(unix_socket=str(self.directory / "socket"), user="root", connect_timeout=2, **options)

    def stop_if_started(self):
        if self.process:
            self.stop()

    def end(self, number):
        super().end(number)
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

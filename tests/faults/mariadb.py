"""A MariaDB server of the tests' own, which may be stopped, frozen and killed."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import closing, suppress

import MySQLdb

from tests.support.running import PATIENCE, free_port

# Debian installs servers in directories that an ordinary user's path lacks.
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def program(name):
    found = shutil.which(name, path=PATH)
    assert found, f"there is no {name}: run make mariadb"
    return found


class MariaDB:
    """A server on the loopback with its files in a directory of its own.

    ``like`` is a server that does not run, whose files are copied because that is faster than making them.
    """

    def __init__(self, directory, like=None):
        self.directory = directory
        self.port = free_port()
        self.process = None
        # MariaDB refuses to run as root unless it is told to.
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        self.options = ["--no-defaults", f"--datadir={directory / 'data'}", *as_root]
        directory.mkdir()
        if like:
            shutil.copytree(like.directory / "data", directory / "data")
            return
        command = [program("mariadb-install-db"), *self.options, "--auth-root-authentication-method=normal"]
        subprocess.run([*command, "--skip-test-db"], check=True, stdout=subprocess.DEVNULL)

    def launch(self):
        """Start the server without waiting for it."""
        command = [program("mariadbd"), *self.options, "--bind-address=127.0.0.1", f"--port={self.port}"]
        command += [f"--socket={self.directory / 'socket'}", f"--pid-file={self.directory / 'pid'}"]
        command += ["--innodb-buffer-pool-size=32M", "--skip-name-resolve"]
        with (self.directory / "log").open("a") as log:
            # In a session of its own, Ctrl-C does not end it before the server that uses it.
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wait(self):
        """Return when the server accepts connections."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.connect().close()
            except MySQLdb.OperationalError:
                log = (self.directory / "log").read_text()
                assert time.monotonic() < end and self.process.poll() is None, f"MariaDB does not start: {log}"
                time.sleep(0.02)

    def connect(self, **options):
        return MySQLdb.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=2, **options)

    def execute(self, *statements, **options):
        """Run statements in one transaction and return the rows of the last one."""
        with closing(self.connect(**options)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()
            return cursor.fetchall()

    def url(self, port=None):
        return f"mysql://root@127.0.0.1:{port or self.port}/analytics"

    def connections(self):
        """Return the number of connected clients, without this one."""
        return sum(row[1] == "root" for row in self.execute("SHOW PROCESSLIST")) - 1

    def signal(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def stop(self):
        self.thaw()
        self.end(signal.SIGTERM)

    def kill(self):
        self.end(signal.SIGKILL)

    def end(self, number):
        self.signal(number)
        if self.process:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PATIENCE)
            self.process.kill()
            self.process.wait()

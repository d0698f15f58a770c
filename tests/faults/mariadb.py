"""A MariaDB of one's own, which may be stopped, frozen and killed."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import MySQLdb

from bench.server import free_port

PATIENCE = 60
# Debian keeps servers where an ordinary user does not look.
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))


def program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        raise SystemExit(f"error: there is no {name}; `make services` installs MariaDB")
    return found


class MariaDB:
    """A server on the loopback, whose files are in a directory of its own."""

    def __init__(self, directory: Path, like: "MariaDB | None" = None) -> None:
        """With ``like``, which does not run, its files are copied: that is faster than to make them."""
        self.directory = directory
        self.data = directory / "data"
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        directory.mkdir()
        # As root it would refuse to start, had it not been told so.
        self.user = ["--user=root"] if os.geteuid() == 0 else []
        if like is not None:
            shutil.copytree(like.data, self.data)
            return
        command = [program("mariadb-install-db"), "--no-defaults", f"--datadir={self.data}", *self.user]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Returns when it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        command = [program("mariadbd"), "--no-defaults", f"--datadir={self.data}", *self.user]
        command += ["--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={self.directory / 'socket'}"]
        command += [f"--pid-file={self.directory / 'pid'}", "--innodb-buffer-pool-size=32M", "--skip-name-resolve"]
        with (self.directory / "log").open("a") as log:
            # Out of reach of a Ctrl-C, so that it can be stopped when all else has been.
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.connect().close()
            except MySQLdb.OperationalError as error:
                if time.monotonic() > end or self.process is None or self.process.poll() is not None:
                    raise SystemExit(
                        f"error: MariaDB does not start: {(self.directory / 'log').read_text()}"
                    ) from error
                time.sleep(0.02)
            else:
                return

    def connect(self):
        return MySQLdb.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=2)

    def execute(self, *statements: str, database: str | None = None) -> list[tuple]:
        connection = self.connect()
        try:
            with connection.cursor() as cursor:
                if database:
                    cursor.execute(f"USE `{database}`")
                for statement in statements:
                    cursor.execute(statement)
                rows = list(cursor.fetchall())
            connection.commit()
        finally:
            connection.close()
        return rows

    def url(self, database: str) -> str:
        return f"mysql://root@127.0.0.1:{self.port}/{database}"

    def connections(self) -> int:
        """How many clients are connected, this one aside."""
        return len([row for row in self.execute("SHOW PROCESSLIST") if row[1] == "root"]) - 1

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, number: int) -> None:
        self.signal(number)
        if self.process is not None:
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

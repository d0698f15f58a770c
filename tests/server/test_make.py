"""make demo checks its port before it installs or loads anything, and make install serves nothing."""

import os
import socket
import subprocess

import pytest

from tests.support.running import ROOT

pytestmark = pytest.mark.servers


# The tests may run below another make, whose variables would change what this one prints.
UNWANTED = ("HOST", "PORT", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")


def make(*arguments):
    environment = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


def refused(ran):
    """Return the line of error of a run that did nothing else."""
    assert (ran.returncode, ran.stdout) == (2, "")
    [line, of_make] = ran.stderr.splitlines()
    assert of_make.startswith("make: ***")
    return line


def test_port_in_use():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        line = refused(make("demo", f"PORT={port}"))
    assert line.startswith(
        f"error: cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another port"
    )


@pytest.mark.parametrize(
    "variable", ["PORT=http", "PORT=0", "PORT=70000", "HOST=192.0.2.1", "HOST=no.such.host.invalid"]
)
def test_nowhere_to_listen(variable):
    assert refused(make("demo", variable)).startswith("error: cannot listen on ")


def test_install_serves_nothing():
    planned = make("--dry-run", "install").stdout
    assert "gunicorn" not in planned and "Next: make migrate" in planned

"""The image that the Dockerfile describes, without a container engine: its commands run in a folder and a virtualenv.

Packages of Debian are those of this machine. As root, a command of the finished image runs as the image's user in a mount
namespace whose file system is read-only but for /tmp and the volume.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from tests.support.running import ROOT

WORKDIR = "/srv/analytics-api"
SANDBOX = """
mount --bind "$VOLUME" "$VOLUME" && mount -t tmpfs -o mode=1777 tmpfs "$TMPDIR" && mount -o remount,bind,ro / \
    && exec setpriv --reuid "$IMAGE_USER" --regid "$IMAGE_USER" --clear-groups --bounding-set -all --no-new-privs "$@"
"""


def instructions():
    """Yield the number of the stage, the name and the arguments of each instruction of the Dockerfile."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    stage = -1
    for line in re.sub(r"\\\n", " ", text).splitlines():
        name, _, arguments = line.partition(" ")
        stage += name == "FROM"
        if name:
            yield stage, name, arguments.strip()


def context():
    """Return the paths of the committed and new files that .dockerignore lets into the image."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    rules = [
        rule for rule in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if rule[:1] not in ("", "#")
    ]
    return [name for name in names if (ROOT / name).is_file() and not is_ignored(name, rules)]


def is_ignored(name, rules):
    ignored = False
    for rule in rules:
        pattern = rule.removeprefix("!")
        if fnmatch(name, pattern) or fnmatch(name, f"{pattern}/*"):
            ignored = not rule.startswith("!")
    return ignored


def has_mysql_headers():
    packages = ("mysqlclient", "mariadb", "libmariadb")
    found = any(subprocess.run(["pkg-config", "--exists", name], check=False).returncode == 0 for name in packages)
    return found and shutil.which("gcc") is not None


def python_for_all():
    """Return a Python with venv, if possible one that every user of this machine may run."""
    version = ".".join(map(str, sys.version_info[:2]))
    for python in (f"/usr/local/bin/python{version}", f"/usr/bin/python{version}", sys._base_executable):
        trial = [python, "-c", "import ensurepip, venv, sysconfig; open(sysconfig.get_path('include') + '/Python.h')"]
        if Path(python).exists() and subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return python
    return sys._base_executable


class Image:
    """A folder with what the image has in its working directory, and the instructions that matter when it runs."""

    def __init__(self, folder):
        self.app, self.bin = folder / "app", folder / "bin"
        self.volume, self.temporary = folder / "volume", folder / "tmp"
        for path in (self.app, self.bin, self.volume, self.temporary):
            path.mkdir()
        (self.bin / "python").write_text(f'#!/bin/sh\nexec {python_for_all()} "$@"\n', encoding="utf-8")
        (self.bin / "python").chmod(0o755)
        self.environment = {"PATH": f"{self.bin}:/usr/local/bin:/usr/bin:/bin"}
        self.has_mysql = has_mysql_headers()
        for _stage, name, arguments in instructions():
            getattr(self, name.lower(), self.ignore)(arguments)

    def ignore(self, arguments):
        """Ignore an instruction that changes nothing here."""

    def workdir(self, arguments):
        assert arguments == WORKDIR

    def env(self, arguments):
        found = dict(pair.split("=", 1) for pair in shlex.split(arguments))
        # The cache of this machine saves a download for each run.
        found.pop("PIP_NO_CACHE_DIR", None)
        path = found.get("PATH", "").replace(WORKDIR, str(self.app)).replace("$PATH", self.environment["PATH"])
        self.environment |= found | ({"PATH": path} if path else {})

    def copy(self, arguments):
        if arguments.startswith("--from="):
            # Both stages share the folder.
            assert (self.app / arguments.split()[-1]).is_dir()
            return
        source = arguments.split()[0].rstrip("/")
        for name in context():
            if source == "." or name.startswith(f"{source}/"):
                (self.app / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.app / name)

    def run(self, arguments):
        if arguments.startswith("apt-get"):
            return
        # The storage of report files is most of the image, and not what makes it special.
        command = arguments.replace(" reports;", ";")
        command = command if self.has_mysql else command.replace(" mysql", "")
        environment = {**os.environ, **self.environment}
        ran = subprocess.run(["sh", "-c", command], cwd=self.app, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    def user(self, arguments):
        self.user_id, _, group_id = arguments.partition(":")
        assert self.user_id == group_id and int(self.user_id) > 0

    def cmd(self, arguments):
        self.command = json.loads(arguments)

    def healthcheck(self, arguments):
        self.check = json.loads(arguments.partition("CMD ")[2])

    def start(self, command, **variables):
        """Start a command in the finished image and return its process."""
        environment = {**self.environment, "TMPDIR": str(self.temporary), **variables}
        if os.geteuid() == 0:
            shutil.chown(self.volume, int(self.user_id), int(self.user_id))
            environment |= {"VOLUME": str(self.volume), "IMAGE_USER": self.user_id}
            command = ["unshare", "--mount", "sh", "-c", SANDBOX, "sh", *command]
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=self.app, env=environment, **how)

    def ran(self, command, **variables):
        """Return the exit code and the output of a command in the finished image."""
        process = self.start(command, **variables)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

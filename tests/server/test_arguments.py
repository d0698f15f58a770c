"""Arguments of ./manage.py that are not readable text: one line of error, whatever the command."""

import os
import subprocess
import sys

import pytest

from tests.support.running import ROOT

pytestmark = pytest.mark.servers

COMMANDS = [
    ("set_api_key", "{}", "key"),
    ("set_api_key", "ada", "{}"),
    ("set_api_key", "ada", "--delete-key", "--course={}"),
    ("load_roster", "{}"),
    ("export_data_set", "enrollment", "--output", "{}"),
    ("export_data_set", "{}", "--output", "rows.csv"),
    ("generate_fake_course_data", "--course-id", "{}"),
]


def run(*arguments):
    command = [os.fsencode(argument) for argument in (sys.executable, "manage.py", *arguments)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("text", ["a\udcffb", "a\nb", "a\x1b[31mb", "a\x7fb"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_one_line(command, text):
    ran = run(*(word.format(text) for word in command))
    assert (ran.returncode, ran.stdout) == (1, "")
    [line] = ran.stderr.splitlines()
    assert line.startswith("error: the argument '") and line.isascii() and line.isprintable()


def test_code_has_lines():
    ran = run("shell", "--command", "print(1)\nprint(2)")
    assert (ran.returncode, ran.stdout.split()[-2:]) == (0, ["1", "2"]), ran.stderr

"""The Python, SQL and console blocks of docs/cookbook.rst run against a server with the demo data."""

import re
import subprocess
import textwrap

import duckdb
import pytest

from analytics_data_api.simulation.documented import FIXTURE_PATHS, INVENTED_COURSE
from tests.support.running import ROOT, Server

pytestmark = pytest.mark.servers

PAGE = ROOT / "docs" / "cookbook.rst"
BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def blocks(tmp_path_factory):
    """Yield the page's blocks by language, with the address of a running server."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.run("manage.py", "loaddata", "--verbosity", "0", "--database", "analytics", *FIXTURE_PATHS)
    server.run("manage.py", "generate_fake_course_data", "--no-progress")
    text = PAGE.read_text(encoding="utf-8").replace("http://127.0.0.1:8000", server.url)
    found = {}
    for language, code in BLOCK.findall(text):
        found.setdefault(language, []).append(textwrap.dedent(code))
    with server.running():
        yield found


def test_python(blocks):
    names = {}
    for code in blocks["python"]:
        exec(code, names)
    assert len(names["top"]) == 10 and names["top"]["country.name"].notna().all()
    assert len(names["weeks"]) >= 10 and names["weeks"].is_monotonic_increasing
    people = names["people"]
    assert "wei-li" in set(people["username"]) and people["username"].str.contains("li").all()
    asked = set(names["segments"].split(","))
    assert all(asked.intersection(text.split(", ")) for text in people["segments"])
    assert '"error_code"' in names["reason"] and "edX/No/Such" in names["reason"]


def test_duckdb(blocks, tmp_path, monkeypatch):
    for command in re.findall(r"^\$ (curl .*)", "".join(blocks["console"]), re.MULTILINE):
        subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    courses, problems = (duckdb.sql(code).fetchall() for code in blocks["sql"])
    assert {row[0] for row in courses} == {INVENTED_COURSE, "edX/DemoX/Demo_Course"}
    assert len(problems) == 10 and all(0 <= share < 1 for _name, share in problems)

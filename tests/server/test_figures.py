"""Every figure on the pages about operation and performance comes from a command of the repository."""

import re

import pytest

from tests.support.running import ROOT

DOCS = ROOT / "docs"
PAGES = ("operating", "monitoring", "backup", "performance")
UNITS = (
    "ms|µs|s|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|bytes|KiB|MiB|kB|KB|MB|GB|times|rows|entries|requests|"
    "learners|courses"
)
FIGURE = re.compile(rf"(?<![\w.])(\d[\d.,]*\d|\d)\s?(?:{UNITS})\b|(?<![\w.])(\d[\d.,]*)%")
NUMBER = re.compile(r"\d[\d_,.]*\d|\d")


def prose(page):
    """Return the text of a page without its blocks of code."""
    text = (DOCS / f"{page}.rst").read_text(encoding="utf-8")
    text = re.sub(r"^( *)\.\. (?:code-block|literalinclude)::.*\n(?:(?:\1 +.*)?\n)*", "", text, flags=re.MULTILINE)
    return re.sub(r"``[^`]*``", "", text)


def plain(number):
    return number.replace(",", "").replace("_", "").rstrip(".")


@pytest.fixture(scope="module")
def printed():
    """Return the numbers that commands printed into docs/performance/, and those that they and the server are made with."""
    sources = [*(DOCS / "performance").glob("*.txt"), *(ROOT / "bench").glob("*.py")]
    sources += [
        *(ROOT / "deploy").iterdir(),
        ROOT / "analyticsdataserver" / "env.py",
        ROOT / "tests" / "server" / "test_backup.py",
    ]
    sources += [ROOT / "analytics_data_api" / "data_sets" / "freshness.py", ROOT / "analyticsdataserver" / "metrics.py"]
    return {plain(number) for path in sources for number in NUMBER.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("page", PAGES)
def test_figures_come_from_commands(page, printed):
    figures = {plain(first or second) for first, second in FIGURE.findall(prose(page))}
    assert figures <= printed


@pytest.mark.parametrize("path", sorted((DOCS / "performance").glob("*.txt")), ids=lambda path: path.name)
def test_what_a_command_printed_stands_below_it(path):
    """The page names the command in the section that shows its output, and the Makefile has it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in (*PAGES, "high_availability"):
        text = (DOCS / f"{page}.rst").read_text(encoding="utf-8")
        before, found, _after = text.partition(f"literalinclude:: performance/{path.name}\n")
        if found:
            section = re.split(r"\n-{3,}\n", before)[-1]
            [target] = set(re.findall(r"\$ (?:\S+=\S+ )*make (bench[\w-]*|cluster)", section))
            assert f"\n{target}:" in makefile
            return
    pytest.fail(f"no page shows {path.name}")

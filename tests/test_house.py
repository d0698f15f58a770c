"""Rules of the whole code base that no other tool checks."""

import ast
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("analytics_data_api", "analyticsdataserver")
# Names in these folders are unique, except for those that a framework prescribes and a few others.
UNIQUE_NAMES = (*PACKAGES, "bench", "tests/support", "tests/attack", "tests/faults")
MAX_REPEATED_NAMES = 10
MAX_LINES, MAX_LINES_OF_TESTS = 320, 500

# A module imports from its own folder and from lower floors. Folders on the same floor do not import each other.
FLOORS = (
    ("errors", "course_keys", "constants"),
    ("sql",),
    ("auth",),
    ("web",),
    ("rosters",),
    ("v0",),
    ("data_sets", "pipeline", "pages"),
    ("management", "simulation"),
)
FLOOR_OF = {folder: number for number, floor in enumerate(FLOORS) for folder in floor}
# Folders and files on one floor that may import each other.
OPEN_FLOORS = (0, len(FLOORS) - 1)


def sources(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def imported(source):
    """Yield every imported module, even if a function imports it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def may_import(own, other):
    floor, other_floor = FLOOR_OF[own], FLOOR_OF[other]
    return own == other or other_floor < floor or (other_floor == floor and floor in OPEN_FLOORS)


def test_modules_import_downward():
    for path, source in sources("analytics_data_api"):
        own = path.parts[1].removesuffix(".py")
        for module in imported(source):
            package, _, rest = module.partition(".")
            assert package not in ("tests", "bench", "analyticsdataserver"), f"{path} imports {module}"
            if package == "analytics_data_api" and own != "__init__":
                other = rest.partition(".")[0]
                assert may_import(own, other), f"{path} imports {module}"
    for path, source in sources("analyticsdataserver"):
        assert not any(module.partition(".")[0] in ("tests", "bench") for module in imported(source)), path


def test_a_name_means_one_thing():
    places = defaultdict(set)
    for path, source in sources(*UNIQUE_NAMES):
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("test_"):
                places[node.name].add(str(path))
    repeated = {name: sorted(paths) for name, paths in places.items() if len(paths) > 1}
    assert len(repeated) <= MAX_REPEATED_NAMES, "\n".join(f"{name}: {paths}" for name, paths in repeated.items())


def test_files_are_short():
    for path, source in sources(*PACKAGES, "bench", "docs", "scripts", "tests"):
        is_test = path.parts[0] == "tests" and path.name.startswith("test_")
        assert source.count("\n") <= (MAX_LINES_OF_TESTS if is_test else MAX_LINES), path


def test_benchmarks_are_imported_before_django_is_set_up():
    names = [path.stem for path in (ROOT / "bench").glob("*.py") if path.stem != "__init__"]
    command = f"import {', '.join(f'bench.{name}' for name in names)}"
    subprocess.run([sys.executable, "-c", command], cwd=ROOT, env={"PATH": os.environ["PATH"]}, check=True)

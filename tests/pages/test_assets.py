"""The files that a browser loads: digests, sizes, compression, and nothing inline that the policy would refuse."""

import gzip
import hashlib
import json
import re

import pytest
from django.test import Client

from tests.support.running import ROOT

STATIC = ROOT / "analytics_data_api" / "static" / "pages"
CHARTS = STATIC / "charts"
TEMPLATES = sorted((ROOT / "analytics_data_api" / "templates" / "pages").rglob("*.html"))
MADE = json.loads((CHARTS / "charts.json").read_text(encoding="utf-8"))
MOST_BYTES = 250_000


@pytest.mark.parametrize("name", MADE["files"])
def test_chart_files_are_those_of_the_script(name):
    content = (CHARTS / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == MADE["files"][name]["sha256"]
    packed = (CHARTS / f"{name}.gz").read_bytes()
    assert gzip.decompress(packed) == content
    assert len(packed) <= MOST_BYTES


def test_library_names_its_license():
    head = (CHARTS / "echarts.min.js").read_text(encoding="utf-8")[:200]
    assert MADE["packages"]["echarts"] in head and "Apache License" in head
    assert "Apache License" in (CHARTS / "LICENSE").read_text(encoding="utf-8")


def test_library_is_sent_compressed():
    response = Client().get("/static/pages/charts/echarts.min.js", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert int(response["Content-Length"]) <= MOST_BYTES


def test_map_has_countries_by_code():
    world = json.loads((CHARTS / "world.json").read_text(encoding="utf-8"))
    codes = {feature["properties"]["name"] for feature in world["features"]}
    assert {"US", "IN", "FR", "SG", "MT", "XK"} <= codes


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_nothing_inline(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


def test_styles_are_logical():
    text = (STATIC / "pages.css").read_text(encoding="utf-8")
    assert not re.findall(r"(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)|(?<!-)float:", text)

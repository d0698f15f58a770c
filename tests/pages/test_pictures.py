"""The pictures of the documentation, which only ``make pictures`` writes."""

import base64
import io

import pytest

from analytics_data_api.simulation.documented import INVENTED_COURSE
from tests.support.running import ROOT

pytestmark = pytest.mark.browser

PICTURES = ROOT / "docs" / "pictures"
COURSE = f"/courses/{INVENTED_COURSE}/"
# Each picture with its page, colors and height.
SHOWN = {
    "courses": ("/courses/", "light", 900),
    "overview": (COURSE, "light", 1000),
    "enrollment": (f"{COURSE}enrollment/", "light", 1000),
    "enrollment-dark": (f"{COURSE}enrollment/", "dark", 1000),
    "geography": (f"{COURSE}enrollment/geography/", "light", 1000),
    "geography-dark": (f"{COURSE}enrollment/geography/", "dark", 1000),
}
WIDTH, MOST_BYTES = 1200, 100_000


def small(picture):
    """Return a picture with as few colors as a page has, which takes a quarter of the bytes."""
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    colors = image.open(io.BytesIO(picture)).convert("RGB").quantize(128, dither=image.Dither.NONE)
    colors.save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize("name", SHOWN)
def test_picture(open_page, rewrite, name):
    path, colors, height = SHOWN[name]
    open_page.colors(colors)
    metrics = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    open_page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    open_page.browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    open_page.open(path)
    taken = open_page.browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    picture = small(base64.b64decode(taken["data"]))
    assert len(picture) < MOST_BYTES
    file = PICTURES / f"{name}.png"
    if rewrite:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(picture)
    assert file.is_file(), "make pictures writes it"


def test_no_other_pictures():
    assert {file.stem for file in PICTURES.iterdir()} == set(SHOWN)

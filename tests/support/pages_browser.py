"""Pages as a browser shows them: the data of charts, accessibility, colors, widths."""

import json
from pathlib import Path
from urllib.request import Request, urlopen

from tests.support.browser import PATIENCE, PHONE, OpenPage

AXE = Path(__file__).parent / "axe" / "axe.min.js"
SEVERE = ("serious", "critical")
CHART_DATA = """
const chart = echarts.getInstanceByDom(document.getElementById(arguments[0] + '-chart'));
const option = chart.getOption();
const categories = option.xAxis ? option.xAxis[0].data : null;
return option.series.map((series) => ({
    name: series.id,
    values: series.data.map((each, index) =>
        categories ? [categories[index], each] : [each.name, each.value]
    // A map holds each of its countries, those without a figure too.
    ).filter(([, value]) => categories || Number.isFinite(value)),
}));
"""
ARE_DRAWN = "return [...document.querySelectorAll('.chart')].every((chart) => chart.dataset.drawn === 'true')"
TABLE = """
const box = document.getElementById(arguments[0]);
const labels = [...box.querySelectorAll('thead th')].map((each) => each.textContent.trim());
return [...box.querySelectorAll('tbody tr')].map((row) =>
    Object.fromEntries([...row.children].map((cell, index) => [labels[index], cell.textContent.trim()])));
"""
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
    (found) => done(found.violations.map((each) => [each.impact, each.id, each.nodes.map((node) => node.html)])),
    (error) => done([['critical', String(error), []]]));
"""


class PageInBrowser(OpenPage):
    """The pages of one server in a browser."""

    def __init__(self, browser, server):
        super().__init__(browser)
        self.server = server

    def reset(self):
        """Return to a desktop's width, light colors and the screen."""
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.colors("light")

    def forget(self):
        """Forget what the browser has asked and written so far."""
        self.requested_urls()
        self.browser.get_log("browser")

    def log_in(self, name, password):
        self.browser.get(f"{self.server}/courses/")
        if "/login/" not in self.browser.current_url:
            return
        self.find("a[href^='/api-auth/login/']").click()
        self.fill("input[name=username]", name)
        self.fill("input[name=password]", password)
        self.browser.find_element("css selector", "input[name=password]").submit()
        self.until(lambda: self.browser.current_url.endswith("/courses/"), "the login does not lead to the courses")

    def open(self, path):
        """Open a page and wait until its charts are drawn."""
        self.browser.get(f"{self.server}{path}")
        self.until_drawn()

    def until_drawn(self):
        self.until(lambda: self.browser.execute_script(ARE_DRAWN), "a chart is not drawn")

    def colors(self, scheme, media=""):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def phone(self):
        metrics = {"width": PHONE, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def assert_fits(self):
        # A page that does not fit is laid out wider and shown smaller.
        widths = self.browser.execute_script("return [window.innerWidth, document.documentElement.scrollWidth]")
        assert widths == [PHONE, PHONE], self.browser.current_url

    def chart(self, id):
        """Return the values of each series, by their category, that the chart of some figures holds."""
        data = self.browser.execute_script(CHART_DATA, id)
        return {series["name"]: dict(series["values"]) for series in data}

    def table(self, id):
        """Return the texts of a table's rows by its columns' labels."""
        return self.browser.execute_script(TABLE, id)

    def api(self, path):
        """Return the objects that the API has for the same reader."""
        request = Request(f"{self.server}/api/v0/{path}", headers={"Authorization": "Token edx"})
        with urlopen(request, timeout=PATIENCE) as response:
            return json.load(response)

    def assert_accessible(self):
        self.browser.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.browser.execute_async_script(RUN_AXE)
        assert [each for each in found if each[0] in SEVERE] == [], self.browser.current_url

    def assert_clean(self):
        """Raise if the page has asked another host or written an error to the console."""
        self.assert_stayed_on(self.server)

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

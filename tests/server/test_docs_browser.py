"""The documentation in a headless browser that reaches only the server: ``make test-browser``."""

import json
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.server.conftest import PASSWORD

pytestmark = pytest.mark.browser

COURSE = "edX/DemoX/Demo_Course"
PATIENCE = 60
# CSS selectors of the operation under test and of the response that the page shows.
ENROLLMENT = "#operations-v0_courses-v0_courses_enrollment"
ANSWER = f"{ENROLLMENT} .live-responses-table"
COURSES = "/api/v0/courses/{course_id}/"
POST = "#operations-v0_course_totals-v0_course_totals_post"
# The width of a phone.
PHONE = 390


@pytest.fixture
def browser(tmp_path):
    """Start a browser with an empty profile that resolves no host names and reaches only the server's address."""
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1300,1800",
        f"--user-data-dir={tmp_path}",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--proxy-server=127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>;127.0.0.1",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options)
    driver.set_page_load_timeout(PATIENCE)
    yield driver
    driver.quit()


class Page:
    """The actions of a person on a page."""

    def __init__(self, browser):
        self.browser = browser

    def visible(self, selector):
        """Return the first visible element that matches a CSS selector."""
        from selenium.webdriver.common.by import By

        found = self.browser.find_elements(By.CSS_SELECTOR, selector)
        return next((element for element in found if element.is_displayed()), None)

    def until(self, condition, message, patience=PATIENCE):
        """Wait until the condition holds and return its value. The page may redraw any element in the meantime."""
        from selenium.common.exceptions import ElementClickInterceptedException, StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        ignored = [ElementClickInterceptedException, StaleElementReferenceException]
        wait = WebDriverWait(self.browser, patience, ignored_exceptions=ignored)
        return wait.until(lambda _browser: condition(), message)

    def find(self, selector):
        return self.until(lambda: self.visible(selector), f"nothing to see of {selector}")

    def text(self, selector):
        return self.until(
            lambda: (element := self.visible(selector)) and element.text, f"nothing to read in {selector}"
        )

    def click(self, selector, opens):
        """Click until an element that matches the selector ``opens`` is visible.

        While a page opens one part, it moves or redraws others, so a click may miss its target.
        """
        from selenium.common.exceptions import TimeoutException

        def clicked():
            if element := self.visible(selector):
                self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
                element.click()
            try:
                return self.until(lambda: self.visible(opens), "", patience=3)
            except TimeoutException:
                return None

        return self.until(clicked, f"{selector} opens no {opens}")

    def fill(self, selector, text):
        element = self.find(selector)
        element.clear()
        element.send_keys(text)

    def requested_urls(self):
        """Return the addresses of the browser's requests since the last call, for this page or its own purposes."""
        messages = [json.loads(entry["message"])["message"] for entry in self.browser.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def assert_stayed_on(self, server):
        urls = self.requested_urls()
        assert any(url.startswith(server) for url in urls)
        # The browser's internal pages and inline data cause no traffic.
        elsewhere = [
            url for url in urls if urlsplit(url).scheme not in ("chrome", "data") and not url.startswith(f"{server}/")
        ]
        assert not elsewhere
        # Violations of the content security policy are among the messages. Browsers ask for an icon that does not exist,
        # and Swagger UI complains of each operation id with an underscore.
        messages = [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        expected = ("/favicon.ico", "escaping deep link whitespace")
        assert not [message for message in messages if not any(text in message for text in expected)]


@pytest.fixture
def page(browser):
    return Page(browser)


def try_enrollment(page):
    """Press Execute with the course that the page has entered, and return the status of the response."""
    page.click(f"{ENROLLMENT} .opblock-summary-control", opens=f"{ENROLLMENT}.is-open .try-out__btn")
    page.click(f"{ENROLLMENT} .try-out__btn:not(.cancel)", opens=f"{ENROLLMENT} button.execute")
    course = page.find(f"{ENROLLMENT} tr[data-param-name=course_id] input")
    assert course.get_attribute("value") == COURSE, "the demo course is there to be tried"
    page.click(f"{ENROLLMENT} button.execute", opens=ANSWER)
    return page.text(f"{ANSWER} tbody .response-col_status").split()[0]


def test_authorize_and_try_enrollment(server, browser, page):
    browser.get(f"{server}/docs/")

    page.click("button.btn.authorize", opens=".auth-container input")
    # Without the word Token.
    page.fill(".auth-container input", "edx")
    page.click(".auth-btn-wrapper button.authorize", opens=".auth-btn-wrapper .btn-done")
    page.click(".auth-btn-wrapper .btn-done", opens="button.authorize.locked")

    assert try_enrollment(page) == "200"
    rows = json.loads(page.text(f"{ANSWER} pre code"))
    assert [(row["date"], row["count"]) for row in rows] == [("2014-12-10", 1892)]
    url = page.text(f"{ENROLLMENT} .request-url pre")
    assert url.endswith("/courses/edX%2FDemoX%2FDemo_Course/enrollment/")
    assert "Authorization: Token edx" in page.text(f"{ENROLLMENT} .curl")

    browser.refresh()
    page.find("button.authorize.locked")
    assert try_enrollment(page) == "200"
    page.assert_stayed_on(server)


def test_without_a_key_the_answer_is_401(server, browser, page):
    browser.get(f"{server}/docs/")
    assert try_enrollment(page) == "401"
    assert "not_authenticated" in page.text(f"{ANSWER} pre code")


def test_filter_finds_endpoints_by_any_word(server, browser, page):
    browser.get(f"{server}/docs/")

    def shown():
        return {
            row.text.replace("\u200b", "") for row in browser.find_elements("css selector", ".opblock-summary-path")
        }

    everything = page.until(shown, "no endpoints")
    for words, expected in [
        ("birth", {f"{COURSES}enrollment/birth_year/"}),  # of the path
        ("COUNTRY", {f"{COURSES}enrollment/location/"}),  # of the summary
        ("courses tags", {f"{COURSES}problems_and_tags/"}),  # of the group and the path
    ]:
        page.fill(".operation-filter-input", words)
        page.until(lambda expected=expected: shown() == expected, f"{words!r} does not find just {expected}")
    page.fill(".operation-filter-input", "birth timeline")
    assert "No endpoint" in page.text("main p.wrapper")
    browser.refresh()
    page.until(lambda: shown() == everything, "the filter stays")


def test_each_version_has_a_page(server, browser, page):
    browser.get(f"{server}/docs/")
    page.find(ENROLLMENT)
    assert page.visible(ENROLLMENT.replace("v0", "v1")) is None
    page.click(".docs-bar a[href='/docs/v1/']", opens=ENROLLMENT.replace("v0", "v1"))
    assert page.visible(ENROLLMENT) is None
    page.click(".docs-bar a[href='/docs/']", opens=ENROLLMENT)


@pytest.mark.parametrize(
    ("link", "start"),
    [
        ("openapi-json", '{"openapi": "3.0.3"'),
        ("openapi-yaml", "openapi: 3.0.3"),
        ("swagger-json", '{"swagger": "2.0"'),
        ("swagger-yaml", "swagger: '2.0'"),
    ],
)
def test_raw_description(server, browser, page, link, start):
    browser.get(f"{server}/docs/")
    with urlopen(page.find(f"#{link}").get_attribute("href"), timeout=PATIENCE) as answer:
        assert answer.read().decode().startswith(start)


def log_in(page):
    page.fill("#id_username", "edx")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]", opens=".response-info")


def test_browsable_api_after_login(server, browser, page):
    endpoint = f"/api/v0/courses/{COURSE}/enrollment/"
    browser.get(server + endpoint)
    assert "not_authenticated" in page.text(".response-info")
    page.click("#how-to-log-in a", opens="#id_username")
    log_in(page)

    assert "1892" in page.text(".response-info")
    assert browser.current_url == server + endpoint

    browser.get(f"{server}/docs/")
    assert "edx" in page.text(".docs-user")
    # A session may POST too.
    page.click(f"{POST} .opblock-summary-control", opens=f"{POST}.is-open .try-out__btn")
    page.click(f"{POST} .try-out__btn:not(.cancel)", opens=f"{POST} button.execute")
    page.fill(f"{POST} textarea", "{}")
    page.click(f"{POST} button.execute", opens=f"{POST} .live-responses-table")
    assert page.text(f"{POST} .live-responses-table tbody .response-col_status").split()[0] == "200"

    browser.get(server + endpoint)
    page.click("#log-out", opens="#how-to-log-in")
    assert browser.current_url == server + endpoint


def test_login_leads_back_to_a_course_with_plus(server, browser, page):
    endpoint = f"{server}/api/v0/courses/course-v1:edX+DemoX+Unheard_Of/enrollment/"
    browser.get(endpoint)
    page.click("#how-to-log-in a", opens="#id_username")
    log_in(page)
    assert browser.current_url == endpoint
    assert "not_found" in page.text(".response-info")


def test_fits_on_a_phone(server, browser, page):
    metrics = {"width": PHONE, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def assert_fits():
        # A page that does not fit is laid out wider and shown smaller.
        widths = browser.execute_script("return [window.innerWidth, document.documentElement.scrollWidth]")
        assert widths == [PHONE, PHONE], browser.current_url

    for path in ("/docs/", "/docs/v1/"):
        browser.get(server + path)
        page.find(".opblock")
        assert_fits()
    browser.get(f"{server}/docs/")
    assert try_enrollment(page) == "401"
    assert_fits()
    page.click("button.btn.authorize", opens=".auth-container input")
    assert_fits()
    browser.get(f"{server}/api/v0/course_summaries/")
    assert_fits()
    page.click("#how-to-log-in a", opens="#id_username")
    assert_fits()
    log_in(page)
    assert_fits()
    # The bar does not hide what is below it.
    bar, below = page.find(".navbar").rect, page.find(".breadcrumb").rect
    assert bar["y"] + bar["height"] <= below["y"]


RUN_INLINE = """
const script = document.createElement("script");
script.textContent = "window.hasRun = true";
document.body.append(script);
return window.hasRun === true;
"""


@pytest.mark.parametrize("path", ["/docs/", "/api-auth/login/", f"/api/v0/courses/{COURSE}/enrollment/"])
def test_a_script_that_somebody_smuggles_in_does_not_run(server, browser, path):
    browser.get(f"{server}/api-auth/login/?next={path}")
    browser.get(f"{server}{path}")
    assert browser.execute_script(RUN_INLINE) is False
    messages = [entry["message"] for entry in browser.get_log("browser")]
    assert any("Content Security Policy" in message for message in messages)

"""The documentation in a headless browser that reaches only the server: ``make test-browser``."""

import json
from urllib.request import urlopen

import pytest

from tests.server.conftest import PASSWORD
from tests.support.browser import PATIENCE, PHONE

pytestmark = pytest.mark.browser

COURSE = "edX/DemoX/Demo_Course"
# CSS selectors of the operation under test and of the response that the page shows.
ENROLLMENT = "#operations-v0_courses-v0_courses_enrollment"
ANSWER = f"{ENROLLMENT} .live-responses-table"
COURSES = "/api/v0/courses/{course_id}/"
POST = "#operations-v0_course_totals-v0_course_totals_post"


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

"""The documentation in a headless browser that reaches only the server: ``make test-browser``."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tests.support.running import ROOT, free_port, gunicorn

pytestmark = pytest.mark.browser

COURSE = "edX/DemoX/Demo_Course"
PASSWORD = "correct-horse"
PATIENCE = 60
# CSS selectors of the operation under test and of the response that the page shows.
ENROLLMENT = "#operations-v0_courses-v0_courses_enrollment"
ANSWER = f"{ENROLLMENT} .live-responses-table"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run a server as `make demo` does, with the demo data and the user edx, and yield its address."""
    folder = tmp_path_factory.mktemp("server")
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{folder}/analytics.sqlite3",
        "ANALYTICS_DATABASE_URL_V1": "",
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "WORKERS": "1",
    }

    def run(*arguments):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environ, check=True)

    fixtures = sorted(map(str, (ROOT / "fixtures").glob("*.json")))
    run("manage.py", "migrate", "--verbosity", "0", "--database", "default")
    run("manage.py", "migrate", "--verbosity", "0", "--database", "analytics")
    run("manage.py", "loaddata", "--verbosity", "0", "--database", "analytics", *fixtures)
    run("manage.py", "createsuperuser", "--noinput", "--username", "edx", "--email", "edx@example.com")
    run("manage.py", "set_api_key", "edx", "edx")
    with gunicorn(environ):
        yield f"http://127.0.0.1:{environ['PORT']}"


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
        # Browsers ask for an icon that does not exist. Violations of the content security policy are among the messages.
        messages = [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert not [message for message in messages if "/favicon.ico" not in message]


@pytest.fixture
def page(browser):
    return Page(browser)


def test_authorize_and_try_enrollment(server, browser, page):
    browser.get(f"{server}/docs/")

    page.click("button.btn.authorize", opens=".auth-container input")
    page.fill(".auth-container input", "Token edx")
    page.click(".auth-btn-wrapper button.authorize", opens=".auth-btn-wrapper .btn-done")
    page.click(".auth-btn-wrapper .btn-done", opens="button.authorize.locked")

    page.click(f"{ENROLLMENT} .opblock-summary-control", opens=f"{ENROLLMENT}.is-open .try-out__btn")
    page.click(f"{ENROLLMENT} .try-out__btn:not(.cancel)", opens=f"{ENROLLMENT} button.execute")
    course = f"{ENROLLMENT} tr[data-param-name=course_id] input"
    assert page.find(course).get_attribute("value") == COURSE, "the demo course is there to be tried"
    page.fill(course, COURSE)
    page.click(f"{ENROLLMENT} button.execute", opens=ANSWER)

    assert page.text(f"{ANSWER} tbody .response-col_status").split()[0] == "200"
    rows = json.loads(page.text(f"{ANSWER} pre code"))
    assert [(row["date"], row["count"]) for row in rows] == [("2014-12-10", 1892)]
    url = page.text(f"{ENROLLMENT} .request-url pre")
    assert url.endswith("/courses/edX%2FDemoX%2FDemo_Course/enrollment/")
    page.assert_stayed_on(server)


def test_without_a_key_the_answer_is_401(server, browser, page):
    browser.get(f"{server}/docs/#/v0%20courses/v0_courses_enrollment")

    page.click(f"{ENROLLMENT} .try-out__btn:not(.cancel)", opens=f"{ENROLLMENT} button.execute")
    page.click(f"{ENROLLMENT} button.execute", opens=ANSWER)

    assert page.text(f"{ANSWER} tbody .response-col_status").split()[0] == "401"
    assert "not_authenticated" in page.text(f"{ANSWER} pre code")


@pytest.mark.parametrize(("link", "start"), [("json", '{"swagger": "2.0"'), ("yaml", "swagger: '2.0'")])
def test_raw_description(server, browser, page, link, start):
    browser.get(f"{server}/docs/")
    with urlopen(page.find(f"#description-{link}").get_attribute("href"), timeout=PATIENCE) as answer:
        assert answer.read().decode().startswith(start)


def test_browsable_api_after_login(server, browser, page):
    endpoint = f"/api/v0/courses/{COURSE}/enrollment/"
    browser.get(f"{server}/api-auth/login/?next={endpoint}")
    page.fill("#id_username", "edx")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]", opens=".response-info")

    assert "1892" in page.text(".response-info")
    assert browser.current_url == server + endpoint
    page.assert_stayed_on(server)

    browser.get(f"{server}/docs/")
    assert "edx" in page.text(".auth-wrapper .hello")
    page.assert_stayed_on(server)

    browser.get(server + endpoint)
    page.assert_stayed_on(server)
    page.click("#log-out", opens="body > pre")
    assert "not_authenticated" in page.text("body > pre")
    assert browser.current_url == server + endpoint


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

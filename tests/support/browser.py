"""A headless Chromium that reaches only the server under test, and what a person does with its pages."""

import json
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

PATIENCE = 60
# The width of a phone.
PHONE = 390


@contextmanager
def chromium(profile):
    """Yield a browser with an empty profile that resolves no host names and reaches only the server's address."""
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
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--proxy-server=127.0.0.1:9",
        "--proxy-bypass-list=<-loopback>;127.0.0.1",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options)
    driver.set_page_load_timeout(PATIENCE)
    try:
        yield driver
    finally:
        driver.quit()


class OpenPage:
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

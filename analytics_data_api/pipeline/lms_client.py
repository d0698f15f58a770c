"""Requests to the REST APIs of the LMS and of its catalog service: tokens, retries and pages."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter

from analytics_data_api.pipeline.store import StoreError

# Statuses after which a request is sent again: timeouts, throttles, restarts and overloads of the LMS or its proxy.
PASSING = frozenset((408, 429, 502, 503, 504, 520))
# Seconds of the first and of the longest pause before a request is sent again, and for which one is sent again at all.
FIRST_PAUSE, LONGEST_PAUSE, PATIENCE = 1.0, 60.0, 1800.0
# A server that has never answered is more likely a wrong URL than one that restarts.
FIRST_ATTEMPTS = 3
# Seconds for the connection and for the response. The blocks of a large course can take a minute.
TIMEOUTS = (10, 180)
# Seconds before its end at which a token is replaced.
TOKEN_MARGIN = 30
# Keys under which the LMS explains an error.
REASONS = ("developer_message", "detail", "error_description", "error", "message")
LONGEST_REASON = 200

Told = Callable[[str], object]


class PassingFailure(Exception):
    """A failure after which the same request may succeed. ``retry_after`` is None if the server named no pause."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class RefusedRequest(StoreError):
    """A response that will not change if the request is sent again."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class TokenSource:
    """The access token of an OAuth application of the LMS, by client credentials. No message contains the secret."""

    def __init__(self, lms_url: str, client_id: str, client_secret: str) -> None:
        self.url = f"{checked_url(lms_url)}/oauth2/access_token"
        self.credentials = (client_id.encode(), client_secret.encode())
        self.text = ""
        self.ends = 0.0

    def header(self, session: requests.Session) -> str:
        """Return the value of the header Authorization, with a new token if the old one is about to end."""
        if monotonic() > self.ends:
            form = {"grant_type": "client_credentials", "token_type": "jwt"}
            response = session.post(self.url, data=form, auth=self.credentials, timeout=TIMEOUTS, allow_redirects=False)
            check_status(response, self.url)
            answer = loaded_json(response, self.url)
            try:
                self.text = f"{answer.get('token_type') or 'JWT'} {answer['access_token']}"
                self.ends = monotonic() + max(float(answer.get("expires_in") or 0) - TOKEN_MARGIN, 1)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise StoreError(f"{self.url} gave no access_token") from error
        return self.text

    def forget(self) -> None:
        self.ends = 0.0


class APIClient:
    """A client of one service. ``told`` is called with a sentence before each pause."""

    def __init__(self, url: str, tokens: TokenSource, told: Told = lambda sentence: None) -> None:
        self.url = checked_url(url)
        self.tokens = tokens
        self.told = told
        self.session = session_of(self.url)
        self.has_answered = False
        self.backoff = wait_exponential_jitter(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE, jitter=FIRST_PAUSE)
        self.retrying = Retrying(
            retry=retry_if_exception_type(PassingFailure),
            wait=self.pause,
            stop=self.gives_up,
            before_sleep=self.tell,
            reraise=True,
        )

    def close(self) -> None:
        self.session.close()

    def get(self, path: str, query: Mapping[str, Any] | str = "") -> Any:
        """Return the JSON of a response. Raise RefusedRequest or StoreError if there is none."""
        text = query if isinstance(query, str) else urlencode(query, safe=",:/@")
        url = f"{self.url}{path}{'?' if text else ''}{text}"
        try:
            return self.retrying(self.attempt, url, path)
        except PassingFailure as error:
            raise StoreError(f"{self.url}{path} failed again and again: {error}") from error

    def pages(
        self, path: str, parameters: Mapping[str, Any], query: str | None = None
    ) -> Iterator[tuple[list, str | None]]:
        """Yield the results of each page with the query of the next one; None after the last.

        Only the query of a response's ``next`` is used. Behind a proxy its host is often not the one that was asked, and
        no other host must get the token.
        """
        query = query or urlencode(parameters, safe=",:/@")
        while query is not None:
            page = self.get(path, query)
            following = page.get("next") or (page.get("pagination") or {}).get("next")
            next_query = urlsplit(following).query if following else None
            if next_query == query:
                raise StoreError(f"{self.url}{path} names a page as its own next one")
            query = next_query
            yield page["results"], query

    def attempt(self, url: str, path: str) -> Any:
        response = self.send(url, path)
        if response.status_code == 401:
            # The token has ended before its time, for example because the LMS's keys were changed.
            self.tokens.forget()
            response = self.send(url, path)
        check_status(response, f"{self.url}{path}")
        return loaded_json(response, f"{self.url}{path}")

    def send(self, url: str, path: str) -> requests.Response:
        # The messages of these errors contain whole URLs, and so usernames.
        try:
            headers = {"Authorization": self.tokens.header(self.session)}
            response = self.session.get(url, headers=headers, timeout=TIMEOUTS)
        except requests.exceptions.SSLError as error:
            raise StoreError(f"{self.url} has no certificate that this machine trusts") from error
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            reason = "no response in time" if isinstance(error, requests.Timeout) else "the connection failed"
            raise PassingFailure(reason) from error
        except requests.RequestException as error:
            raise StoreError(f"{self.url}{path} cannot be requested: {type(error).__name__}") from error
        self.has_answered = True
        return response

    def pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = getattr(error, "retry_after", None)
        return self.backoff(state) if asked is None else asked

    def gives_up(self, state: RetryCallState) -> bool:
        if not self.has_answered:
            return state.attempt_number >= FIRST_ATTEMPTS
        return (state.seconds_since_start or 0) + state.upcoming_sleep > PATIENCE

    def tell(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else ""
        self.told(f"waiting {state.upcoming_sleep:.0f} s: {error}")


def session_of(url: str) -> requests.Session:
    """Return a session for one host, with the proxies and certificates that the environment names.

    They are looked up once, since requests would do so for each request. A .netrc file would replace the token.
    """
    session = requests.Session()
    found = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify, session.trust_env = found["proxies"], found["verify"], False
    session.headers["Accept"] = "application/json"
    return session


def checked_url(url: str) -> str:
    """Return the URL of a service without the slash at its end. Raise StoreError if it is not one."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise StoreError("the URL of the LMS or of the catalog service is malformed: expected https://host")
    if parts.username is not None or parts.password is not None:
        raise StoreError("the URL of the LMS or of the catalog service must not contain a user or a password")
    return url.rstrip("/")


def check_status(response: requests.Response, url: str) -> None:
    """Raise PassingFailure or RefusedRequest if the response is not the one that was asked for."""
    status = response.status_code
    if status in PASSING:
        reason = "the server throttles (429)" if status == 429 else f"status {status}"
        raise PassingFailure(reason, seconds_of(response.headers.get("Retry-After")))
    if status != 200:
        reason = reason_of(response)
        advice = {
            401: ": check LMS_CLIENT_ID and LMS_CLIENT_SECRET",
            403: ": the user of the OAuth application must be staff of the whole site (is_staff)",
        }.get(status, "")
        raise RefusedRequest(f"{url} responds with {status}{f' ({reason})' if reason else ''}{advice}", status)


def reason_of(response: requests.Response) -> str:
    """Return how the server explains an error, if it says it in a short text."""
    if response.is_redirect:
        return f"a redirect to {response.headers.get('Location', '').partition('?')[0]}"
    try:
        answer = orjson.loads(response.content)
        found = next((answer[key] for key in REASONS if isinstance(answer.get(key), str)), "")
    except (ValueError, AttributeError):
        return ""
    return " ".join(found.split())[:LONGEST_REASON]


def loaded_json(response: requests.Response, url: str) -> Any:
    try:
        return orjson.loads(response.content)
    except ValueError as error:
        raise StoreError(f"{url} does not respond with JSON: is this the URL of the service?") from error


def seconds_of(retry_after: str | None) -> float | None:
    """Return the seconds of a header Retry-After, which names seconds or a date."""
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0)

"""Malformed requests that no generator of valid HTTP sends. Each is a generated request with one part replaced."""

import json
from dataclasses import replace
from random import Random
from urllib.parse import quote, unquote, urlencode

from tests.attack.request import INVALID_KEYS, VALID_KEYS, AttackRequest
from tests.attack.texts import BODIES, HOSTILE, TEXTS

# More than half of the requests have a restricted key, and few have an invalid one.
KEY_NAMES = (*VALID_KEYS[:1] * 12, *VALID_KEYS[1:] * 8, *INVALID_KEYS)
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# The usual media types are the first five.
ACCEPTS = (*TEXTS["accepts"][:5] * 8, *TEXTS["accepts"], "a/b;" * 200)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
# Some pages cost the server a second, so they are rare.
KINDS = ("target", "body", "header", "method") * 3 + ("unquoted", "page")


def malformed_requests(requests, seed):
    """Yield a malformed variant of each request, over and over. The seed determines the requests."""
    random = Random(seed)
    with_body = [request for request in requests if request.body]
    while True:
        for request in requests:
            kind = random.choice(KINDS)
            yield malformed(random.choice(with_body) if kind == "body" else request, kind, random.choice)


def malformed(request, kind, pick):
    headers, target = dict(request.headers), request.target
    if kind == "page":
        pages = TEXTS["pages"] + [pattern.format(quote(pick(HOSTILE))) for pattern in TEXTS["page_patterns"] * 3]
        return AttackRequest(pick(("GET", "GET", *METHODS)), pick(pages), request.headers, key=request.key)
    if kind == "body":
        # The body and its type may contradict each other.
        headers["Content-Type"] = pick((*[JSON, FORM] * 9, *TEXTS["content_types"], "a/b; " * 100))
        is_multipart = headers["Content-Type"].startswith("multipart")
        bodies = [text.encode() for text in TEXTS["multipart"]] if is_multipart else [*BODIES, request.body]
        fields = json.loads(request.body)
        if headers["Content-Type"] == FORM and isinstance(fields, dict):
            bodies = [form(fields).encode()]
        target = pick((target,) * 9 + ("/api-token-auth/",))
        request = replace(request, method=pick(("POST", "POST", "POST", "PUT", "PATCH")), body=pick(bodies))
    elif kind == "header":
        headers |= dict([pick(TEXTS["headers"])])
    elif kind == "method":
        request, target = replace(request, method=pick(METHODS)), pick((target, target.replace("/?", "?")))
    elif kind == "unquoted":
        # A space would end the target, and a line break the request line.
        target = "+".join(unquote(target, errors="surrogateescape").split())
    else:
        at = pick(range(1, len(target) + 1))
        target = target[:at] + pick((*TEXTS["malformed"], quote(pick(HOSTILE)))) + target[at:]
    return replace(request, target=target, headers=tuple(headers.items()))


def form(fields):
    """Encode names and values as in a query string. A list is one pair for each item."""
    pairs = [
        (name, value) for name, found in fields.items() for value in (found if isinstance(found, list) else [found])
    ]
    texts = [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in pairs]
    return urlencode(texts, errors="surrogatepass")

"""Requests that no generator of valid HTTP sends: malformed targets, headers and bodies, and pages without an endpoint."""

import json
from itertools import count
from random import Random
from urllib.parse import quote, urlencode

from tests.attack.request import INVALID_KEYS, VALID_KEYS, AttackRequest
from tests.attack.texts import BODIES, DEEP_BODIES, HOSTILE, TEXTS

# Half of the requests have the unrestricted key and few have an invalid one.
KEY_NAMES = (*VALID_KEYS[:1] * 18, *VALID_KEYS[1:] * 6, *INVALID_KEYS)
METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# The usual media types are the first five.
ACCEPTS = (*TEXTS["accepts"][:5] * 8, *TEXTS["accepts"], "a/b;" * 200)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


# Kinds of raw requests. Some pages cost the server a second, so they are rare.
KINDS = ("target", "body", "header", "method") * 2 + ("plain", "page")


def raw_requests(paths, values, seed):
    """Yield raw requests without an end. The seed and the number of a request determine it."""
    gets = [(path, methods["get"].get("parameters", [])) for path, methods in paths.items() if "get" in methods]
    # A body may have the fields of a form and the parameters of the query string.
    posts = [
        (path, methods["post"]["parameters"] + methods.get("get", {}).get("parameters", []))
        for path, methods in paths.items()
        if "post" in methods
    ]
    for number in count():
        yield RawRequest(Random(f"{seed} {number}"), values).build(KINDS[number % len(KINDS)], gets, posts)


class RawRequest:
    """Builds one request from a source of random numbers."""

    def __init__(self, random, values):
        self.random, self.pick, self.values = random, random.choice, values

    def build(self, kind, gets, posts):
        path, parameters = self.pick(posts if kind == "body" else gets)
        if kind == "body":
            method = self.pick(("POST", "POST", "POST", "PUT", "PATCH"))
            return self.request(method, self.path(path) + self.query([]), *self.body(self.pairs(parameters)))
        if kind == "page":
            pattern = self.pick(TEXTS["page_patterns"]).format(self.quoted(self.pick(HOSTILE)))
            return self.request(self.pick(("GET", "GET", *METHODS)), self.pick((pattern, self.pick(TEXTS["pages"]))))
        target, method, header = self.path(path) + self.query(parameters), "GET", None
        if kind == "target":
            at = self.random.randrange(1, len(target) + 1)
            target = target[:at] + self.pick(TEXTS["malformed"]) + target[at:]
        elif kind == "header":
            header = self.pick(TEXTS["headers"])
        elif kind == "method":
            method, target = self.pick(METHODS), target.replace("/?", self.pick(("?", "/?")))
        return self.request(method, target, None, header)

    def request(self, method, target, body=None, header=None):
        headers = {"Accept": self.pick(ACCEPTS)} if self.random.random() < 0.6 else {}
        headers.update([header] if header else [])
        return AttackRequest(method, target, tuple(headers.items()), body, self.pick(KEY_NAMES))

    def path(self, template):
        for name in [part.partition("}")[0] for part in template.split("{")[1:]]:
            template = template.replace(f"{{{name}}}", self.quoted(self.pick(self.values.of_path(name))), 1)
        return template

    def pairs(self, parameters):
        """Return names and values of a query string. Some names occur twice."""
        wanted = [
            parameter
            for parameter in parameters
            if parameter["in"] in ("query", "formData")
            and self.random.random() < (0.95 if parameter.get("required") else 0.3)
        ]
        return [
            (parameter["name"], self.pick(self.values.of_query(parameter["name"], *parameter.get("enum", ()))))
            for parameter in wanted
            for _time in range(self.pick((1, 1, 1, 1, 2)))
        ]

    def query(self, parameters):
        pairs = [*self.pairs(parameters), (self.pick(HOSTILE), self.pick(HOSTILE) + "\ud83d")][
            : self.pick((-1, -1, 99))
        ]
        return "?" + "&".join(f"{self.quoted(name)}={self.quoted(value)}" for name, value in pairs)

    def quoted(self, text):
        """Quote a text as one client or another does."""
        return quote(text, safe=self.pick(("", "/:@|+", "/:@|!~*'(),;")), errors="surrogatepass")

    def body(self, pairs):
        """Return a body and the header with its type, which may contradict each other."""
        fields = {name: self.pick((value, value, *TEXTS["body_values"])) for name, value in pairs}
        form = urlencode(pairs, errors="surrogatepass").encode()
        body, kind = self.pick(
            (
                (json.dumps(fields).encode(), JSON),
                (form, FORM),
                (self.pick(BODIES + DEEP_BODIES), JSON),
                (self.pick(BODIES + (form,)), self.pick((*TEXTS["content_types"], "a/b; " * 100))),
                (self.pick(TEXTS["multipart"]).encode(), "multipart/form-data; boundary=b"),
            )
        )
        return body, ("Content-Type", kind)

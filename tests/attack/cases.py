"""Requests that schemathesis generates from the description, with hooks for stored ids and hostile texts."""

import json
from functools import cache
from random import Random
from urllib.parse import urlencode

import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis.core import NOT_SET

from tests.attack.corpus import ACCEPTS, JSON, KEY_NAMES, METHODS
from tests.attack.request import AttackRequest
from tests.attack.texts import TEXTS


def generated_requests(swagger, values, seed, count):
    """Yield this many requests or a few less, equally many for each operation."""
    # The attack has keys of its own.
    schema = schemathesis.openapi.from_dict({**swagger, "security": [], "securityDefinitions": {}})
    add_hooks(schema, swagger["paths"], values)
    # A login hashes a password for a tenth of a second, so only the raw requests have some.
    operations = [found.ok() for found in schema.exclude(path="/api-token-auth/").get_all_operations()]
    for operation in operations:
        yield from requests_of(operation, seed, max(1, count // len(operations)))


def requests_of(operation, seed, count):
    requests = []
    methods = one_of((operation.method.upper(),) * 100 + METHODS)

    @seeded(Random(f"{seed} {operation.label}").getrandbits(64))
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), methods, st.none() | one_of(ACCEPTS), one_of(KEY_NAMES))
    def collect(case, method, accept, key):
        request = as_request(case, method, accept, key)
        assume(request not in requests)
        requests.append(request)

    collect()
    return requests


def add_hooks(schema, paths, values):
    """Let schemathesis draw four in five values from those of the attack, and the others from the description."""

    @cache
    def attack_values(path, method):
        """Return strategies for the parameters of a query string: those that are required and those that are not."""
        strategies = {True: {}, False: {}}
        for parameter in paths[path].get(method, {}).get("parameters", []):
            if parameter["in"] == "query":
                value = one_of(values.of_query(parameter["name"], *parameter.get("enum", ())))
                strategies[parameter.get("required", False)][parameter["name"]] = value
        return strategies[True], strategies[False]

    @cache
    def queries(path, method):
        required, optional = attack_values(path, method)
        return st.fixed_dictionaries(required, optional=optional)

    @cache
    def ids(path):
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        return st.fixed_dictionaries({name: one_of(values.of_path(name)) for name in names})

    @cache
    def bodies(path):
        required, optional = attack_values(path, "get")
        odd = st.sampled_from(TEXTS["body_values"])
        fields = {name: mixed(value | st.lists(value), odd) for name, value in (required | optional).items()}
        return st.fixed_dictionaries({}, optional=fields)

    @schema.hook
    def before_generate_path_parameters(context, strategy):
        return mixed(ids(context.operation.path), strategy)

    @schema.hook
    def before_generate_query(context, strategy):
        return mixed(queries(context.operation.path, context.operation.method), strategy)

    @schema.hook
    def before_generate_body(context, strategy):
        return mixed(bodies(context.operation.path), strategy)


def mixed(frequent, rare):
    return st.integers(0, 4).flatmap(lambda number: rare if number == 4 else frequent)


def one_of(values):
    """Return a strategy for one of many values. Unlike sampled_from(), it does not look at each of them."""
    return st.integers(0, len(values) - 1).map(values.__getitem__)


def as_request(case, method, accept, key):
    headers = {} if accept is None else {"Accept": accept}
    body = None
    if case.body is not NOT_SET:
        headers["Content-Type"] = JSON
        body = json.dumps(case.body).encode()
    query = urlencode(pairs(case.query), errors="surrogatepass")
    target = case.formatted_path + ("?" + query if query else "")
    return AttackRequest(method, target, tuple(headers.items()), body, key)


def pairs(fields):
    """Return a name and a text for each value."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, values in fields.items()
        for value in (values if isinstance(values, list) else [values])
    ]

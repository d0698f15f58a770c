"""Requests that schemathesis generates from the description, with hooks for stored ids and hostile texts."""

import json
from functools import cache
from random import Random

import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis.core import NOT_SET

from tests.attack.corpus import ACCEPTS, JSON, KEY_NAMES, METHODS, form
from tests.attack.request import AttackRequest
from tests.attack.texts import TEXTS
from tests.attack.values import weighted

CHECKS = list(HealthCheck)


def generated_requests(swagger, values, seed, count):
    """Yield this many requests or a few less, equally many for each operation."""
    # The attack has keys of its own.
    schema = schemathesis.openapi.from_dict({**swagger, "security": [], "securityDefinitions": {}})
    add_hooks(schema, swagger["paths"], values)
    # A login costs the server a tenth of a second, so only the malformed requests have some.
    operations = [found.ok() for found in schema.exclude(path="/api-token-auth/").get_all_operations()]
    for operation in operations:
        yield from requests_of(operation, seed, max(1, count // len(operations)))


def requests_of(operation, seed, count):
    requests = []
    methods = one_of((operation.method.upper(),) * 100 + METHODS)

    @seeded(Random(f"{seed} {operation.label}").getrandbits(64))
    @settings(max_examples=count, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=CHECKS)
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
    def ids(path):
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        return st.fixed_dictionaries({name: one_of(values.of_path(name)) for name in names})

    @cache
    def fields(path, method, *, is_body=False):
        strategies = {True: {}, False: {}}
        for parameter in paths[path][method].get("parameters", []):
            if parameter["in"] == "query":
                found = values.of_query(parameter["name"], *parameter.get("enum", ()))
                rare = (
                    TEXTS["body_values"]
                    if is_body
                    else [list(pair) for pair in zip(found[::7], found[::5], strict=False)]
                )
                is_required = parameter.get("required", False) and not is_body
                strategies[is_required][parameter["name"]] = one_of(weighted(0.9, found, rare))
        return st.fixed_dictionaries(strategies[True], optional=strategies[False])

    @schema.hook
    def before_generate_path_parameters(context, strategy):
        return mixed(ids(context.operation.path), strategy)

    @schema.hook
    def before_generate_query(context, strategy):
        return mixed(fields(context.operation.path, context.operation.method), strategy)

    @schema.hook
    def before_generate_body(context, strategy):
        return mixed(fields(context.operation.path, "get", is_body=True), strategy)


def mixed(frequent, rare):
    return st.integers(0, 4).flatmap(lambda number: rare if number == 4 else frequent)


def one_of(values):
    """Return a strategy for one of many values. It is faster than sampled_from(), which inspects each of them."""
    return st.integers(0, len(values) - 1).map(values.__getitem__)


def as_request(case, method, accept, key):
    has_body = case.body is not NOT_SET
    headers = ({} if accept is None else {"Accept": accept}) | ({"Content-Type": JSON} if has_body else {})
    body = json.dumps(case.body).encode() if has_body else None
    target = case.formatted_path + ("?" + form(case.query) if case.query else "")
    return AttackRequest(method, target, tuple(headers.items()), body, key)

"""REST_FRAMEWORK of the file: how much a client may ask. How answers look is this server's own."""

from typing import Any

from analytics_data_api.auth.rates import Rate, parse_rate
from analyticsdataserver.configuration.values import WrongValue, mapping, text, texts

# Scopes of rates, and the variable that each stands for.
SCOPES = {"user": "THROTTLE_RATE_USER", "service_user": "THROTTLE_RATE_SERVICE_USER"}


def rates(key: str, value: Any) -> dict[str, Rate | None]:
    found = {}
    for scope, rate in mapping(key, value).items():
        at = f"{key}.{scope}"
        try:
            found[scope] = None if rate is None else parse_rate(text(at, rate))
        except ValueError as error:
            raise WrongValue(at, str(error)) from error
    return found


def rest_framework(key: str, value: Any) -> tuple[dict[str, Rate], list[tuple[str, str]]]:
    """The rates by their variables, and each part that is not used with the reason."""
    parts = {name: part for name, part in mapping(key, value).items() if part is not None}
    found = rates(f"{key}.DEFAULT_THROTTLE_RATES", parts.pop("DEFAULT_THROTTLE_RATES", {}))
    ignored = [
        (f"{key}.DEFAULT_THROTTLE_RATES.{scope}", f"there are rates of {' and '.join(SCOPES)}")
        for scope in found
        if scope not in SCOPES
    ]
    used = {SCOPES[scope]: rate for scope, rate in found.items() if scope in SCOPES and rate is not None}
    if "DEFAULT_THROTTLE_CLASSES" in parts:
        at = f"{key}.DEFAULT_THROTTLE_CLASSES"
        if texts(at, parts.pop("DEFAULT_THROTTLE_CLASSES")):
            ignored.append((at, "this server counts the requests of each user itself"))
        else:
            used = {}
    ignored += [(f"{key}.{name}", "who may ask for what in which form is fixed by this server") for name in parts]
    return used, ignored

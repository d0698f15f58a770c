"""Countries of IP addresses, from a database in MaxMind's format (GEOIP_DATABASE)."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from analytics_data_api.constants import country
from analytics_data_api.pipeline.store import StoreError

UNKNOWN = "UNKNOWN"
COUNTRY_COLUMNS = {"ip": "VARCHAR", "country_code": "VARCHAR", "country_name": "VARCHAR"}

Lookup = Callable[[str], str]


def open_lookup(path: str | None) -> Lookup:
    """Return a function from an IP address to its country code. Without a database every country is unknown."""
    if not path:
        return lambda ip: UNKNOWN
    try:
        import maxminddb
    except ImportError as error:
        raise StoreError("GEOIP_DATABASE needs the package maxminddb: pip install maxminddb") from error
    try:
        # The file is mapped, not read: a process needs only the pages that it looks at.
        reader = maxminddb.open_database(Path(path))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise StoreError(f"GEOIP_DATABASE {path!r} cannot be read: {error}") from error

    def lookup(ip: str) -> str:
        try:
            return code_of(reader.get(ip.strip())) or UNKNOWN
        except ValueError:
            # Not an address, a list of addresses, or IPv6 in a database of IPv4.
            return UNKNOWN

    return lookup


def code_of(record: Any) -> str | None:
    """Return the country code of a record. GeoLite2 and DB-IP nest it, IPLocate does not."""
    if not isinstance(record, dict):
        return None
    nested = record.get("country")
    code = nested.get("iso_code") if isinstance(nested, dict) else record.get("country_code") or nested
    return code.upper() if isinstance(code, str) and len(code) == 2 else None


def countries(ips: Iterable[str], lookup: Lookup) -> Iterator[tuple[str, str, str]]:
    """Yield each IP address with code and name of its country."""
    for ip in ips:
        code = lookup(ip)
        yield ip, code, str(country(code)["name"])

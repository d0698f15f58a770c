"""The IP addresses of the learners, and a country database that knows them."""

from functools import cache

from analytics_data_api.simulation.actions import Actions
from analytics_data_api.simulation.learners import NAMES, Learner

# Networks that are reserved for benchmarks and examples, so that no address is anybody's.
KNOWN, KNOWN_IPV6 = "198.18", "2001:db8"
UNKNOWN_NETWORK = "203.0.113"


@cache
def invented_countries() -> list[str]:
    return sorted({city.partition(":")[0] for names in NAMES for city in names["cities"].split()})


def networks() -> dict[str, dict]:
    """Return the records of a country database by their networks."""
    records = {}
    for number, country in enumerate(invented_countries()):
        record = {"country": {"iso_code": country}}
        records |= {f"{KNOWN}.{number}.0/24": record, f"{KNOWN_IPV6}:{number:x}::/48": record}
    return records


def address(learner: Learner, *, abroad: bool = False) -> str:
    """Return the learner's address: in the own country, or in another one."""
    if learner.country is None and not abroad:
        return f"{UNKNOWN_NETWORK}.{learner.user_id % 254 + 1}"
    number = (learner.user_id if abroad else invented_countries().index(learner.country)) % len(invented_countries())
    if learner.user_id % 5 == 0:
        return f"{KNOWN_IPV6}:{number:x}::{learner.user_id:x}"
    return f"{KNOWN}.{number}.{learner.user_id % 254 + 1}"


def enrolls_abroad(learner: Learner) -> bool:
    return learner.user_id % 7 == 0


def is_enrolled_by_staff(learner: Learner) -> bool:
    return learner.user_id % 20 == 0


def watches_on_phone(learner: Learner) -> bool:
    """Return True if a mobile app sends the learner's viewings. Its events have no address."""
    return learner.user_id % 9 == 0


def last_countries(learners: list[Learner], actions: Actions) -> list[str | None]:
    """Return the country of each learner's last address; None if no address is known, or its country is not."""
    visitors = {visit.learner.username for visit in actions.visits}
    found = []
    for learner in learners:
        if learner.username in visitors or learner.unenrollment_date or learner.upgrade_date:
            found.append(learner.country)
        elif is_enrolled_by_staff(learner):
            found.append(None)
        elif enrolls_abroad(learner):
            found.append(invented_countries()[learner.user_id % len(invented_countries())])
        else:
            found.append(learner.country)
    return found

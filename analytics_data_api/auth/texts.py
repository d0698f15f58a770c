"""Descriptions of restrictions for people. They never contain a key."""

from collections.abc import Iterator

from django.contrib.auth import get_user_model

from analytics_data_api.auth.models import KeyAccess, names_in

HEADER = ("user", "courses", "personal data", "refused from", "last used")


def courses_text(stored: KeyAccess) -> str:
    if not stored.is_restricted:
        return "all"
    orgs = [f"all of {name}" for name in names_in(stored.orgs)]
    return ", ".join([*orgs, *names_in(stored.courses)]) or "none"


def restriction_text(stored: KeyAccess) -> str:
    """Return what a key may see, as the end of a sentence."""
    text = "courses: " + courses_text(stored)
    text += f"; personal data: {yes_or_no(stored.sees_personal_data)}"
    return f"{text}; refused from {stored.expires} on" if stored.expires else text


def yes_or_no(truth: bool) -> str:
    return "yes" if truth else "no"


def keys_table() -> str:
    """Return a table with a line for each user who has a key, or restrictions without a key."""
    table = [HEADER, *key_rows()]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)


def key_rows() -> Iterator[tuple[str, ...]]:
    users = get_user_model().objects.select_related("auth_token", "key_access").order_by("username")
    for user in users:
        stored = getattr(user, "key_access", None)
        has_key = hasattr(user, "auth_token")
        if not has_key and (stored is None or restriction_text(stored) == restriction_text(KeyAccess())):
            continue
        stored, name = stored or KeyAccess(), user.get_username()
        # Other characters could control the terminal.
        name = (name if name.isprintable() else repr(name)) + ("" if has_key else " (no key)")
        personal = yes_or_no(stored.sees_personal_data)
        yield name, courses_text(stored), personal, str(stored.expires or ""), str(stored.last_used or "")

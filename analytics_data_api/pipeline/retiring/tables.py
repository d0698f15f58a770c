"""Replaces a retired learner in the tables of an analytics database, which are found by their models."""

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models import CharField, CompositePrimaryKey, Field, IntegerField, Model, Q, QuerySet, TextField
from django.db.models.functions import Lower, Now

from analytics_data_api.pipeline.retiring.identity import RetiredLearner
from analytics_data_api.pipeline.retiring.rows import PERSONAL_COLUMNS
from analytics_data_api.pipeline.retiring.texts import Replacer, is_sentence
from analytics_data_api.pipeline.writing import read_columns
from analytics_data_api.rosters.models import Roster, RosterFacet, RosterLearner, RosterPrefix, RosterTerm
from analytics_data_api.sql.rows import batches

APP = "v0"
# These are written anew as a whole.
ROSTERS = (Roster, RosterFacet, RosterLearner, RosterPrefix, RosterTerm)
# A record has the digest of these columns beside its course, joined by bars, as the statements of records make it.
RECORD_KEY = "record_key"
KEYED_COLUMNS = ("user_id", "block_id", "part_id", "org")
BATCH_SIZE = 2_000


class PersonalTable:
    """A table with a learner's rows: the fields that name the learner, as far as the database has their columns."""

    def __init__(self, model: type[Model], using: str) -> None:
        self.model = model
        self.using = using
        columns = read_columns(model._meta.db_table, using)
        self.fields: dict[str, Field] = {
            field.name: field for field in model._meta.concrete_fields if field.column in columns
        }
        self.username = self.fields.get("username")
        self.user_id = self.fields.get("user_id") or self.fields.get("user")

    @property
    def rows(self) -> QuerySet:
        return self.model._default_manager.using(self.using)

    def of_username(self, username: str) -> Q:
        """Return the condition of the rows of a username, by code point if the database compares otherwise."""
        is_char = isinstance(self.username, CharField)
        return Q(**{"username__exact_text" if is_char else "username": username}) if self.username else Q(pk__in=())

    def of_user_id(self, user_id: str) -> Q:
        if self.user_id is None or (isinstance(self.user_id, IntegerField) and not user_id.isdigit()):
            return Q(pk__in=())
        return Q(**{self.user_id.attname: user_id})

    def identities(self, username: str) -> list[dict[str, Any]]:
        """Return what the rows of a username tell about the learner, each combination once."""
        names = [name for name in ("course_id", "user_id", "email", "name") if name in self.fields]
        if not self.username:
            return []
        # A row without these columns tells that the username is known.
        return list(self.rows.filter(self.of_username(username)).order_by().values("username", *names).distinct())

    def replace(self, learner: RetiredLearner) -> int:
        """Put the pseudonym into the learner's rows, and return their number."""
        cleared = {name: None if field.null else "" for name, field in self.fields.items() if name in PERSONAL_COLUMNS}
        if RECORD_KEY in self.fields:
            # Copies that follow the data set get the change.
            cleared["created"] = Now()
        found: set[Any] = set()
        for user_id, number in learner.user_ids.items():
            values = {} if self.user_id is None else {self.user_id.attname: number}
            found.update(self.update(self.of_user_id(user_id), values | cleared))
        for username, pseudonym in learner.usernames.items():
            found.update(self.update(self.of_username(username), {"username": pseudonym} | cleared))
        if RECORD_KEY in self.fields:
            self.renew_keys(found)
        return len(found)

    def renew_keys(self, keys: Iterable[Any]) -> None:
        """Give records the keys that a computation finds them by, since the old ones are digests of the learner's id."""
        names = [name for name in KEYED_COLUMNS if name in self.fields]
        for batch in batches(sorted(keys), BATCH_SIZE):
            with transaction.atomic(using=self.using):
                for key, *values in self.rows.filter(pk__in=batch).order_by().values_list("pk", *names):
                    digest = md5("|".join(map(str, values)).encode(), usedforsecurity=False).hexdigest()
                    self.rows.filter(pk=key).update(**{RECORD_KEY: digest})

    def update(self, condition: Q, values: dict[str, Any]) -> Iterator[Any]:
        """Update rows, some in each transaction, and yield their keys. Reading the keys first locks no other rows."""
        keys = self.rows.filter(condition).order_by().values_list("pk", flat=True)
        for batch in batches(list(keys), BATCH_SIZE):
            with transaction.atomic(using=self.using):
                self.rows.filter(pk__in=batch).update(**values)
            yield from batch

    def replace_typed_texts(self, learner: RetiredLearner, replacer: Replacer) -> int:
        """Replace the learner in URLs and in answers that learners typed. Return the number of changed rows."""
        first_words = [name.split()[0] for name in learner.names if len(name.split()) > 1]
        rows = self.rows.filter(course_id__in=learner.courses) if "course_id" in self.fields else self.rows
        changed = 0
        for name in (name for name, field in self.fields.items() if is_typed(field)):
            condition = Q()
            for text in (*learner.usernames, *learner.emails, *first_words):
                # Many columns compare by case, and SQLite makes only ASCII lower case.
                condition |= Q(lower_text__contains=text.lower()) | Q(**{f"{name}__contains": text})
            found = rows.annotate(lower_text=Lower(name)).filter(condition).order_by()
            is_choice = "value_id" if "value_id" in self.fields else name
            for key, text, choice in list(found.values_list("pk", name, is_choice)):
                # A word that is the username may be the text of a choice as well.
                typed = learner.usernames.get(text) if choice in (None, text) else None
                new = typed or replacer.text(text, usernames=is_sentence(text) or "/" in text)
                if new != text:
                    changed += self.rows.filter(pk=key).update(**{name: new})
        return changed


def is_typed(field: Field) -> bool:
    is_text = isinstance(field, (CharField, TextField))
    return is_text and any(word in field.name for word in ("answer", "response", "page", "url")) and not field.choices


def personal_tables(using: str) -> Iterator[PersonalTable]:
    """Yield the tables that can name a learner, without those of rosters."""
    tables: set[str] = set()
    for model in apps.get_app_config(APP).get_models():
        if model in ROSTERS or model._meta.db_table in tables or isinstance(model._meta.pk, CompositePrimaryKey):
            continue
        table = PersonalTable(model, using)
        if table.username or table.user_id or any(map(is_typed, table.fields.values())):
            tables.add(model._meta.db_table)
            yield table


def identities_in(databases: Iterable[str], username: str) -> list[dict[str, Any]]:
    """Return what the tables and rosters of all databases tell about a username."""
    found = []
    for using in databases:
        for table in personal_tables(using):
            found += table.identities(username)
        if not has_rosters(using):
            continue
        names = ("user_id", "email", "name")
        learners = RosterLearner.objects.using(using).filter(username__exact_text=username).order_by()
        courses = learners.values("username", *names, "roster__course_id").distinct()
        found += [{"course_id": row.pop("roster__course_id"), **row} for row in courses]
    return found


def has_rosters(using: str) -> bool:
    return bool(read_columns(RosterLearner._meta.db_table, using))


def replace_in_tables(using: str, learner: RetiredLearner, replacer: Replacer) -> Counter[str]:
    """Replace a learner in the tables of a database, and return the number of rows of each table that have changed."""
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            # Otherwise replaced rows would stay in the file until their place is used again.
            cursor.execute("PRAGMA secure_delete = ON")
    changed: Counter[str] = Counter()
    for table in personal_tables(using):
        changed[table.model._meta.db_table] += table.replace(learner) + table.replace_typed_texts(learner, replacer)
    return +changed


def same_database(first: str, second: str) -> bool:
    one, other = (connections[alias].settings_dict for alias in (first, second))
    return all(str(one.get(key) or "") == str(other.get(key) or "") for key in ("ENGINE", "HOST", "PORT", "NAME"))

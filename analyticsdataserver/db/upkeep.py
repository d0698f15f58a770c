"""Closes database connections that are too old or broken, at both ends of a request.

Django looks for a connection of each alias four times a request. Here a thread knows the connections that it has opened.
"""

import threading
from typing import Any

from django import db
from django.core import signals
from django.core.cache import BaseCache, caches, close_caches
from django.core.handlers.base import reset_urlconf
from django.db.backends.signals import connection_created


class Opened(threading.local):
    """The connections that this thread has opened for its requests."""

    def __init__(self) -> None:
        self.connections: list[Any] = []


opened = Opened()


def remember(connection: Any, **_signal: Any) -> None:
    # A copy, such as the one of a health check, is closed by what made it.
    if connection not in opened.connections and db.connections[connection.alias] is connection:
        opened.connections.append(connection)


def close_unusable(**_signal: Any) -> None:
    for connection in opened.connections:
        connection.close_if_unusable_or_obsolete()


def replace_receivers() -> None:
    """Replace Django's receivers, and disconnect those that have nothing to do.

    The list of queries that one of them empties exists only for debugging. The handler sets no URLs for a thread.
    """
    signals.request_started.disconnect(db.reset_queries)
    signals.request_finished.disconnect(reset_urlconf)
    if all(type(used).close is BaseCache.close for used in map(caches.__getitem__, caches)):
        signals.request_finished.disconnect(close_caches)
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(db.close_old_connections)
        signal.connect(close_unusable)
    connection_created.connect(remember)

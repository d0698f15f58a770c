"""The configuration with which gunicorn serves the WSGI application. HOST, PORT, WORKERS and THREADS are variables."""

import gc
import os
import sys
from functools import partial

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.env import env
from analyticsdataserver.restarts import close_without_resets, read_settings, read_settings_again


def env_or_exit(name):
    try:
        return env(name)
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")


def usable_processors():
    # In a container this process may use fewer processors than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


host = env_or_exit("HOST")
bind = f"{f'[{host}]' if ':' in host else host}:{env_or_exit('PORT')}"

# Threads, because a request mostly waits for the database. Slow clients hold none of them.
worker_class = "analyticsdataserver.worker.WaitressWorker"
workers = env_or_exit("WORKERS") or usable_processors()
threads = env_or_exit("THREADS")

# Each process opens its own database connections: a fork must not share one.
preload_app = False

# request_log.py writes the line of each request. gunicorn's other log goes to standard error.
accesslog = None
# Two servers of the same user would share the socket.
control_socket_disable = True

forwarded_allow_ips = env_or_exit("FORWARDED_ALLOW_IPS")


def on_starting(server):
    """Read the settings before the first fork.

    An invalid setting is then one line instead of a traceback from each process, and all processes share the random secret
    key of the local settings.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
    try:
        read_settings()
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")


def when_ready(server):
    for listener in server.LISTENERS:
        listener.close = partial(close_without_resets, server, listener)


def on_reload(server):
    read_settings_again(server.log)


def post_worker_init(worker):
    """Exempt what lives as long as the process from garbage collection, which a large response triggers many times."""
    gc.collect()
    gc.freeze()

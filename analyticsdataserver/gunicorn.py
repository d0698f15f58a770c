"""How gunicorn serves the WSGI application: HOST, PORT, WORKERS and THREADS of the environment, and what goes with them."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.env import env as read


def env(name):
    try:
        return read(name)
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")


def usable_processors():
    # What this process may use, which in a container is less than what the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


host = env("HOST")
bind = f"{f'[{host}]' if ':' in host else host}:{env('PORT')}"

# Threads, because a request mostly waits for the database. Slow clients hold none of them.
worker_class = "analyticsdataserver.worker.WaitressWorker"
workers = env("WORKERS") or usable_processors()
threads = env("THREADS")

# Each process opens database connections of its own; none must be shared by a fork.
preload_app = False

# A line of each request is written elsewhere (request_log.py); the other log goes to standard error.
accesslog = None
logger_class = "analyticsdataserver.gunicorn_log.Logger"
# Two servers of one user would share its socket.
control_socket_disable = True

forwarded_allow_ips = env("FORWARDED_ALLOW_IPS")


def on_starting(server):
    """Read the settings before the first fork: a wrong one is a line and not a traceback from each process, and the
    secret key that the local settings make up is the same in all of them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "analyticsdataserver.settings.local")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.utils.log import configure_logging

    try:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")


def post_worker_init(worker):
    """Spare the garbage collector what stays until the end: a large answer makes it look at everything again and again."""
    gc.collect()
    gc.freeze()

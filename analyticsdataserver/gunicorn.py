"""How gunicorn serves the WSGI application.

HOST, PORT, WORKERS and THREADS are gunicorn's and not Django's, so they are read here: no settings module is loaded in
the process that reads this file.
"""

import os


def process_count():
    # What this process may use, which in a container is less than what the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


host = os.environ.get("HOST") or "127.0.0.1"
bind = f"{f'[{host}]' if ':' in host else host}:{os.environ.get('PORT') or 8000}"

# Threads, since a request mostly waits for the database.
worker_class = "gthread"
workers = int(os.environ.get("WORKERS") or process_count())
threads = int(os.environ.get("THREADS") or 4)

# Each process opens database connections of its own; none must be shared by a fork.
preload_app = False

# Which proxies to believe is left as gunicorn has it: only the one on this machine (FORWARDED_ALLOW_IPS changes it).
# A load balancer in front keeps the access log; the other log goes to standard error.
accesslog = None

"""Settings modules: ``local`` (default of manage.py), ``test`` and ``production``."""

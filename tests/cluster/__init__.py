"""Servers behind HAProxy on a Galera cluster: ``pytest -m cluster``."""

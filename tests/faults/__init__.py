"""Databases that fail under a running server: ``pytest -m faults``."""

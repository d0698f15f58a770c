"""Requests that nobody would send in good faith, and a judge of the answers to them. ``python -m tests.attack --help``."""

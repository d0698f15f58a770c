"""Hostile requests to a server, and a judge of its responses. See ``python -m tests.attack --help``."""

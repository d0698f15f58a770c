"""Rosters: their tables, search, loading and queries."""

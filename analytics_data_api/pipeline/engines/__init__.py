"""Engines that run the statements of ``pipeline/sql/`` over the event store."""

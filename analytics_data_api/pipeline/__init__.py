"""Numbers from a site's own tracking logs: the event store, loading it, and computing the tables from it."""

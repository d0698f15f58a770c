"""The Analytics Data API: an Open edX site's course figures over HTTP."""

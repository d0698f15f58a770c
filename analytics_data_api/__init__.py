"""The Analytics Data API: courses' figures over HTTP."""

__version__ = "1.0.0"

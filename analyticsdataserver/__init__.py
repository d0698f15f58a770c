"""How the Analytics Data API is run: settings, databases, root URLs, health."""

"""Version 0 of the API (version 1 serves the same endpoints from another database)."""

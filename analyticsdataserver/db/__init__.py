"""Database back ends: Django's own, with what this server needs of a connection."""

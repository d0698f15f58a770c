"""Database back ends: those of Django with what this server needs of a connection."""

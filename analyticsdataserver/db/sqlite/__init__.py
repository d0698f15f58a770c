"""SQLite files, which are opened again when they are replaced."""

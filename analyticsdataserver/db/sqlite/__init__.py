"""SQLite files, which are found anew when they are replaced."""

"""MySQL and MariaDB, in UTC, comparing text by code point."""

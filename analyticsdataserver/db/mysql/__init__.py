"""MySQL and MariaDB, in UTC and comparing text by code point."""

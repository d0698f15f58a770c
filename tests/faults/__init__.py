"""The production server under load while its databases are stopped, frozen, killed and started again: ``make chaos``."""

from tests.support.configuration_files import write  # noqa: F401  (a fixture)

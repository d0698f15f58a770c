"""The YAML file that ``ANALYTICS_API_CFG`` names: settings of a deployment as older servers of this API read them.

A key that this server has is used, one that it does not have is ignored and said so, and a value that makes no sense is
refused by the name of its key. The environment wins over the file.
"""

from analyticsdataserver.configuration.reading import Configuration, read

__all__ = ["Configuration", "read"]

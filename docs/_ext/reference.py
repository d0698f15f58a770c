"""Sphinx directives for what the code itself writes: ``endpoints``, ``data-dictionary``, ``configuration-table``
and ``configuration-file-table``."""

import reference_text
from sphinx.util.docutils import SphinxDirective


class Endpoints(SphinxDirective):
    text = staticmethod(reference_text.endpoints)

    def run(self):
        return self.parse_text_to_nodes(self.text(), allow_section_headings=True)


class DataDictionary(Endpoints):
    text = staticmethod(reference_text.data_dictionary)


class ConfigurationTable(Endpoints):
    text = staticmethod(reference_text.configuration_table)


class ConfigurationFileTable(Endpoints):
    text = staticmethod(reference_text.configuration_file_table)


def setup(app):
    app.add_directive("endpoints", Endpoints)
    app.add_directive("data-dictionary", DataDictionary)
    app.add_directive("configuration-table", ConfigurationTable)
    app.add_directive("configuration-file-table", ConfigurationFileTable)
    return {"parallel_read_safe": True}

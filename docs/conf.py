"""How Sphinx builds this documentation: ``make docs``."""

import os
import sys
from pathlib import Path

import django

DOCS = Path(__file__).resolve().parent
sys.path[:0] = [str(DOCS.parent), str(DOCS / "_ext")]
# The code writes the reference itself; nothing is read from a database.
os.environ["DJANGO_SETTINGS_MODULE"] = "analyticsdataserver.settings.local"
django.setup()

import analytics_data_api  # noqa: E402

project = "Analytics Data API"
author = "The authors of the Analytics Data API"
version = release = analytics_data_api.__version__

extensions = ["reference"]
exclude_patterns = ["_build"]
nitpicky = True
highlight_language = "none"

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_copy_source = False
html_theme_options = {"top_of_page_buttons": []}

"""A server with both demo courses, for browsers and measurements of pages."""

import os
import subprocess

from tests.support.running import ROOT, manage


def demo_site(folder):
    """Load what `make demo` loads into databases in the folder, and return the environment of a server on them."""
    demo = folder / "demo"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/default.sqlite3",
        "ANALYTICS_DATABASE_URL": f"sqlite:///{folder}/analytics.sqlite3",
        "ANALYTICS_DATABASE_URL_V1": "",
        "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.local",
        "EVENTS_DIR": str(demo / "events"),
        "GEOIP_DATABASE": str(demo / "countries.mmdb"),
        "LMS_URL": "https://lms.example.org",
        "STUDIO_URL": "https://studio.example.org",
        "HOST": "127.0.0.1",
        "WORKERS": "1",
    }
    fixtures = sorted(map(str, (ROOT / "fixtures").glob("*.json")))
    rosters = sorted(map(str, (ROOT / "fixtures").glob("*.jsonl*")))
    for arguments in (
        ["migrate", "--database", "default"],
        ["migrate", "--database", "analytics"],
        ["loaddata", "--database", "analytics", *fixtures],
        ["load_roster", *rosters],
        ["generate_fake_course_data", "--logs", str(demo)],
        ["load_events", str(demo / "logs")],
        ["load_lms", "--database", f"sqlite:///{demo}/lms.sqlite3"],
        ["compute_tables"],
        ["set_demo_key"],
    ):
        manage(environment, *arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return environment

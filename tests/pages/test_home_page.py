"""The first page of a course: facts, links, questions and the report."""

import pytest
from django.core.files.storage import default_storage

from analytics_data_api.simulation.documented import DEMO_COURSE
from tests.support.pages import reader

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("demo_data")]

COURSE = f"/courses/{DEMO_COURSE}/"


def test_overview_of_a_course(api, settings):
    settings.LMS_URL, settings.STUDIO_URL = "https://lms.example.org/", "https://studio.example.org"
    page = reader().read(COURSE)
    assert page.title == "Demonstration Course"
    facts = {"".join(each.find("dt").itertext()): "".join(each.find("dd").itertext())
             for each in page.tree.find(".//dl").iter("div")}  # fmt: skip
    assert facts == {"Id": DEMO_COURSE, "Start": "Oct. 6, 2014", "End": "Jan. 26, 2015", "Status": "Current"}
    links = page.links()
    assert links["Course in the LMS"] == f"https://lms.example.org/courses/{DEMO_COURSE}/course/"
    assert links["Course in Studio"] == f"https://studio.example.org/course/{DEMO_COURSE}"
    assert links["How many learners are in my course?"] == f"{COURSE}enrollment/"
    weeks = api.rows(f"/api/v0{COURSE}activity/", {"start_date": "2000-01-01"})
    assert list(page.series("activity-weeks")["any"].values()) == [week.get("any") for week in weeks]


def test_no_links_without_their_settings():
    links = reader().read(COURSE).links()
    assert "Course in the LMS" not in links and "Course in Studio" not in links


def test_report_is_downloaded(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client = reader()
    link = client.read(COURSE).links()["Problem response report (CSV)"]
    missing = client.read(link, 404)
    assert "does not exist" in missing.text
    (tmp_path / "edX_DemoX_Demo_Course_problem_response.csv").write_text("a,b\n")
    assert default_storage.exists("edX_DemoX_Demo_Course_problem_response.csv")
    led = client.get(link)
    assert led.status_code == 302
    assert b"".join(client.get(led["Location"]).streaming_content) == b"a,b\n"

"""Who may read which page, in which language, and what a page says if there is nothing to show."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from analytics_data_api import constants
from analytics_data_api.simulation.documented import DEMO_COURSE
from tests.support.factories import CourseEnrollmentByCountryFactory, KeyAccessFactory
from tests.support.pages import COURSE_PAGES, ReaderClient, ReadPage, reader
from tests.support.running import ROOT

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("demo_data")]

COURSE = f"/courses/{DEMO_COURSE}/"
PAGES = ["/courses/", *(f"{COURSE}{path}" for path in COURSE_PAGES)]
WITHOUT_DAYS = "/courses/my/cool/course/"
UNKNOWN = "/courses/no/such/course/"
PERSONAL = [path for path in COURSE_PAGES if path.startswith("learners")]


@pytest.mark.parametrize("path", PAGES)
def test_reader_without_a_login_is_led_to_it(path):
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={quote(path, safe='')}")


def test_wrong_key():
    page = ReadPage(Client(headers={"authorization": "Token wrong"}).get(COURSE))
    assert page.response.status_code == 401
    assert "Invalid token" in page.text


@pytest.mark.parametrize("path", PAGES)
class TestEachPage:
    def test_session_and_key_read_the_same(self, path):
        user = get_user_model().objects.create_user("ada", password="x")
        client = ReaderClient()
        client.force_login(user)
        assert client.read(path).title == reader().read(path).title

    def test_headers(self, path):
        response = reader().get(path)
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy and "script-src 'self'" in policy
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert response["Cache-Control"] == "private, max-age=0, must-revalidate"
        again = reader().get(path, headers={"if-none-match": response["ETag"]})
        # The name of the reader is on the page.
        assert again.status_code == 200

    def test_etag(self, path):
        client = reader()
        etag = client.get(path)["ETag"]
        assert client.get(path, headers={"if-none-match": etag}).status_code == 304

    def test_few_queries(self, path, query_counter):
        client = reader()
        client.get(path)
        with query_counter() as queries:
            client.get(path)
        assert len(queries) <= 10, "\n".join(queries)

    def test_size(self, path):
        assert len(reader().get(path).content) < 200_000


class TestRestrictedReader:
    def test_sees_its_courses(self):
        client = reader(is_restricted=True, courses=DEMO_COURSE)
        for path in PAGES:
            client.read(path)
        page = client.read("/courses/")
        assert [row.get("data-key") for row in page.elements("tr") if row.get("data-key")] == [DEMO_COURSE]
        assert page.cards["Enrolled now"] == "1890"
        assert "Others may exist" in page.text

    @pytest.mark.parametrize("path", COURSE_PAGES)
    def test_sees_no_other(self, path):
        page = reader(is_restricted=True, courses=DEMO_COURSE).read(f"{WITHOUT_DAYS}{path}", 403)
        assert "A Cool Course" not in page.text
        assert "no access to the course" in page.text


class TestWithoutPersonalData:
    def test_is_told_what_is_hidden(self):
        page = reader(sees_personal_data=False).read(COURSE)
        assert "Pages about single learners are hidden" in page.text
        assert "Problem response report (CSV)" not in page.links()
        assert "Learners" not in page.links()

    def test_report_is_refused(self):
        reader(sees_personal_data=False).read(f"{COURSE}reports/problem_response/", 403)

    @pytest.mark.parametrize("path", PERSONAL)
    def test_learners_are_refused(self, path):
        reader(sees_personal_data=False).read(f"{COURSE}{path}", 403)


def test_expired_session():
    user = get_user_model().objects.create_user("ada", password="x")
    KeyAccessFactory(user=user, expires="2020-01-01")
    client = Client()
    client.force_login(user)
    assert client.get("/courses/").status_code == 302


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/courses/nonsense/", "nonsense"),
        (f"{COURSE}enrollment/?start_date=soon", "start_date"),
        (f"{COURSE}enrollment/?start_date=2014-12-10&end_date=2014-12-01", "start_date"),
        ("/courses/?page=x", "page"),
        ("/courses/?order_by=x", "order_by"),
    ],
)
def test_invalid_address_is_explained(path, said):
    page = reader().read(path, 400)
    assert said in page.text
    assert page.title == "This address is not quite right"


def test_page_behind_the_last():
    reader().read("/courses/?page=99", 404)


@pytest.mark.parametrize("path", [path for path in COURSE_PAGES if path.startswith("enrollment")])
class TestNothingToShow:
    def test_known_course(self, path):
        page = reader().read(f"{WITHOUT_DAYS}{path}")
        [empty] = page.elements("p", class_="empty")
        assert "compute_tables" in "".join(empty.itertext())

    def test_unknown_course(self, path):
        page = reader().read(f"{UNKNOWN}{path}", 404)
        assert page.elements("p", class_="empty")


def test_definitions_are_those_of_the_data_dictionary():
    page = reader().read(f"{COURSE}enrollment/")
    assert "Learners ever enrolled up to the end of the day, in all modes." in page.text


def test_request_behind_the_figures(api):
    page = reader().read(f"{COURSE}enrollment/")
    [curl] = [text for text in ("".join(pre.itertext()) for pre in page.elements("pre")) if text.startswith("curl")]
    path = curl.split("'")[3].removeprefix("http://testserver")
    rows = api.rows(path)
    assert [row["date"] for row in rows] == page.chart("enrollment-days")["categories"]
    csv = api.get(page.links()["CSV"].removeprefix("http://testserver"))
    assert csv["Content-Type"].startswith("text/csv")


class TestLanguages:
    def test_spanish(self):
        page = ReadPage(reader().get(f"{COURSE}enrollment/", headers={"accept-language": "es-AR,en;q=0.5"}))
        assert page.response["Content-Language"] == "es"
        assert page.tree.get("lang") == "es"
        assert page.title == "Evolución de la inscripción"
        assert "Estudiantes inscritos al final del día, en todas las modalidades." in page.text
        assert page.table("enrollment-days")[0]["Fecha"] == "10 de diciembre de 2014"

    def test_countries_are_translated_on_pages_alone(self, api):
        CourseEnrollmentByCountryFactory(country_code="US")
        constants.countries_by_code.cache_clear()
        page = ReadPage(reader().get(f"{COURSE}enrollment/geography/", headers={"accept-language": "es"}))
        assert "Estados Unidos" in page.text
        names = {row["country"]["name"] for row in api.rows(f"/api/v0{COURSE}enrollment/location/")}
        assert "United States of America" in names

    def test_other_languages_read_english(self):
        page = ReadPage(reader().get(COURSE, headers={"accept-language": "tlh"}))
        assert page.response["Content-Language"] == "en"

    def test_errors_of_the_api_stay_english(self, anonymous):
        response = anonymous.get(f"/api/v0{COURSE}enrollment/", HTTP_ACCEPT_LANGUAGE="es")
        assert response.json()["detail"] == "Authentication credentials were not provided."

    def test_catalogs_are_complete(self):
        pytest.importorskip("babel")
        command = [sys.executable, "scripts/build-catalogs", "--check"]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


OFF = """
import django, json, sys
django.setup()
from django.urls import NoReverseMatch, reverse
from django.test import Client
def known(name, **ids):
    try:
        return bool(reverse(f"pages:{name}", kwargs=ids))
    except NoReverseMatch:
        return False
client = Client()
print(json.dumps({
    "courses": known("courses"), "course": known("course", course_id="a/b/c"),
    "report": known("report", course_id="a/b/c", report_name="x"), "learners": known("learners", course_id="a/b/c"),
    "docs": client.get("/docs/").status_code,
}))
"""


@pytest.mark.servers
@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("PAGES", {"courses": False, "course": False, "report": False, "learners": False, "docs": 200}),
        ("PERSONAL_DATA", {"courses": True, "course": True, "report": False, "learners": False, "docs": 200}),
    ],
)
def test_switched_off(variable, expected):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "analyticsdataserver.settings.test", variable: "off"}
    command = [sys.executable, "-c", OFF]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert json.loads(run.stdout) == expected

"""courses/{course_id}/reports/{report_name}/ and the links in its responses"""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage, storages

from analytics_data_api.v0.queries import reports
from tests.support.client import content
from tests.support.factories import (
    CourseEnrollmentDailyFactory,
    CourseProgramMetadataFactory,
    ProblemFirstLastResponseAnswerDistributionFactory,
)

pytestmark = pytest.mark.django_db(databases="__all__")

COURSE = "edX/DemoX/Demo_Course"
FILE = "edX_DemoX_Demo_Course_problem_response.csv"
HERE = f"{__name__}."


def url(course_id=COURSE, name="problem_response", version="v0"):
    return f"/api/{version}/courses/{quote(course_id, safe='/:+')}/reports/{name}/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Make the folder of report files, inside a folder whose other files are secret."""
    (tmp_path / "secret.csv").write_text("secret")
    folder = tmp_path / "reports"
    folder.mkdir()
    settings.MEDIA_ROOT = str(folder)
    return folder


@pytest.fixture
def report(folder):
    path = folder / FILE
    path.write_bytes(b"name,answer\r\nada,1\r\n")
    return path


def use(settings, storage, **options):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": storage, "OPTIONS": options}}


def error_of(response):
    return response.status_code, response.json()["error_code"]


NOT_FOUND = (404, "report_file_not_found")
NO_LINK = (501, "cannot_create_report_download_link")


class TestLocalFiles:
    @pytest.mark.parametrize("version", ["v0", "v1"])
    def test_report(self, api, report, version):
        before = datetime.now(UTC).replace(microsecond=0)
        answer = api.rows(url(version=version))
        assert list(answer) == [
            "course_id", "report_name", "download_url", "last_modified", "expiration_date", "file_size"
        ]  # fmt: skip
        assert (answer["course_id"], answer["report_name"]) == (COURSE, "problem_response")
        assert answer["file_size"] == 20
        modified = datetime.fromtimestamp(report.stat().st_mtime, UTC)
        assert answer["last_modified"] == modified.strftime("%Y-%m-%dT%H%M%S")
        expires = datetime.strptime(answer["expiration_date"], "%Y-%m-%dT%H%M%S").replace(tzinfo=UTC)
        assert before + timedelta(seconds=120) <= expires <= datetime.now(UTC) + timedelta(seconds=120)

    def test_the_link_works_without_a_key(self, api, anonymous, report):
        link = api.rows(url())["download_url"]
        assert link.startswith("http://testserver/reports/download/")
        response = anonymous.get(urlsplit(link).path)
        assert (response.status_code, content(response)) == (200, report.read_bytes())
        assert response["Content-Disposition"] == f'attachment; filename="{FILE}"'
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Length"] == "20"
        assert response["Cache-Control"] == "private, no-store"
        assert anonymous.head(urlsplit(link).path).status_code == 200
        assert anonymous.post(urlsplit(link).path).status_code == 405

    def test_both_styles_of_ids_name_the_same_file(self, api, report):
        course_id = "course-v1:edX+DemoX+Demo_Course"
        assert api.rows(url(course_id))["course_id"] == course_id

    def test_letters_beyond_ascii(self, api, anonymous, folder):
        (folder / "Ünï_機率_1_problem_response.csv").write_text("x")
        link = api.rows(url("course-v1:Ünï+機率+1"))["download_url"]
        response = anonymous.get(urlsplit(link).path)
        assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%9Cn%C3%AF")

    def test_csv(self, api, report):
        header, line = api.csv(url())
        assert header == "course_id,download_url,expiration_date,file_size,last_modified,report_name"
        assert line.startswith(f"{COURSE},http://testserver/reports/download/")
        assert line.endswith(",problem_response")

    def test_template_with_folders(self, api, anonymous, folder, settings):
        settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE = "{report_name}/{course_id}/{course_id}.csv"
        file = folder / "problem_response" / "edX_DemoX_Demo_Course" / "edX_DemoX_Demo_Course.csv"
        file.parent.mkdir(parents=True)
        file.write_text("x")
        response = anonymous.get(urlsplit(api.rows(url())["download_url"]).path)
        assert response["Content-Disposition"] == 'attachment; filename="edX_DemoX_Demo_Course.csv"'

    def test_a_web_server_of_its_own(self, api, report, settings):
        settings.MEDIA_URL = "/files/"
        answer = api.rows(url())
        assert answer["download_url"] == f"http://testserver/files/{FILE}"
        assert "expiration_date" not in answer and answer["file_size"] == 20
        settings.MEDIA_URL = "https://files.example.com/"
        assert api.rows(url())["download_url"] == f"https://files.example.com/{FILE}"


class TestBadLinks:
    def test_expired(self, api, anonymous, report, settings, monkeypatch):
        link = urlsplit(api.rows(url())["download_url"]).path
        settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME = 0
        assert error_of(anonymous.get(link)) == NOT_FOUND

    def test_tampered_with(self, api, anonymous, report):
        link = urlsplit(api.rows(url())["download_url"]).path
        for other in (link[:-3] + "x/", "/reports/download/x/", "/reports/download/%00/"):
            assert error_of(anonymous.get(other)) == NOT_FOUND

    def test_signed_for_something_else(self, anonymous, report):
        assert error_of(anonymous.get(f"/reports/download/{signing.dumps(FILE, salt='other')}/")) == NOT_FOUND

    def test_gone(self, api, anonymous, report):
        link = urlsplit(api.rows(url())["download_url"]).path
        report.unlink()
        assert error_of(anonymous.get(link)) == NOT_FOUND


class TestNotFound:
    def test_no_file(self, api):
        for accept in ("application/json", "text/csv"):
            assert error_of(api.get(url(), HTTP_ACCEPT=accept)) == NOT_FOUND

    def test_report_that_is_not_enabled(self, api, folder, settings):
        (folder / "edX_DemoX_Demo_Course_other.csv").write_text("x")
        assert error_of(api.get(url(name="other"))) == NOT_FOUND
        settings.ENABLED_REPORT_IDENTIFIERS = ["other"]
        assert api.rows(url(name="other"))["report_name"] == "other"
        assert error_of(api.get(url())) == NOT_FOUND

    @pytest.mark.parametrize(
        "name",
        [
            "..",
            "%2e%2e%2f%2e%2e%2fsecret",
            "../../secret",
            "..%2Fsecret",
            "problem_response%00",
            "problem_response%0A",
            "problem_response.csv",
            "PROBLEM_RESPONSE",
            "{course_id}",
            "x" * 5000,
        ],
    )
    def test_hostile_names(self, api, report, monkeypatch, name):
        monkeypatch.setattr(reports, "storages", "reaching it would be 501")
        assert api.get(url(name=name)).status_code == 404

    @pytest.mark.parametrize("course_id", ["../../secret", "course-v1:..+..+secret", "course-v1:.+.+."])
    def test_hostile_courses(self, api, folder, course_id):
        response = api.get(url(course_id))
        assert response.status_code == 404
        assert error_of(response) == NOT_FOUND

    def test_a_template_that_leads_out(self, api, settings):
        settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE = "../{course_id}_{report_name}.csv"
        assert error_of(api.get(url())) == NOT_FOUND

    def test_malformed_course(self, api):
        response = api.get(url("no-course"))
        assert error_of(response) == (400, "course_key_malformed")


class TestCollisions:
    """``a_b/c/d``, ``a/b_c/d`` and ``a/b/c_d`` have the same file name."""

    @pytest.fixture(autouse=True)
    def file(self, folder):
        (folder / "a_b_c_d_problem_response.csv").write_text("whose?")

    @pytest.mark.parametrize("other", ["a/b_c/d", "course-v1:a+b_c+d", "a/b/c_d", "course-v1:a+b+c_d"])
    @pytest.mark.parametrize(
        "factory",
        [CourseEnrollmentDailyFactory, CourseProgramMetadataFactory, ProblemFirstLastResponseAnswerDistributionFactory],
    )
    def test_another_course_of_any_table(self, api, other, factory):
        assert api.rows(url("a_b/c/d"))["file_size"] == 6
        factory(course_id=other)
        response = api.get(url("a_b/c/d"))
        assert error_of(response) == NOT_FOUND
        assert other in response.json()["developer_message"]

    def test_the_same_course_in_the_other_style(self, api):
        for course_id in ("a_b/c/d", "course-v1:a_b+c+d"):
            CourseEnrollmentDailyFactory(course_id=course_id)
            assert api.get(url("a_b/c/d")).status_code == 200

    def test_case_matters(self, api):
        CourseEnrollmentDailyFactory(course_id="A/B_C/D")
        assert api.get(url("a_b/c/d")).status_code == 200

    def test_each_version_has_its_own_courses(self, api):
        CourseEnrollmentDailyFactory(course_id="a/b_c/d", using="analytics_v1")
        assert api.get(url("a_b/c/d")).status_code == 200
        assert error_of(api.get(url("a_b/c/d", version="v1"))) == NOT_FOUND

    def test_a_report_of_another_name(self, api, folder, settings):
        settings.ENABLED_REPORT_IDENTIFIERS = ["response", "problem_response"]
        (folder / "a_b_c_problem_response.csv").write_text("x")
        CourseEnrollmentDailyFactory(course_id="a/b/c_problem")
        # The report `response` of the other course would be this file.
        assert error_of(api.get(url("a/b/c"))) == NOT_FOUND

    @pytest.mark.parametrize("others", [["a/b_c/d"], ["a/b_c/d", "a/b/c_d"]])
    def test_nobody_learns_of_a_course_that_is_hidden(self, restricted, others):
        client = restricted(courses=["a_b/c/d", "a/b/c_d"])
        assert client.rows(url("a_b/c/d"))["file_size"] == 6
        for other in others:
            CourseEnrollmentDailyFactory(course_id=other)
        response = client.get(url("a_b/c/d"))
        assert error_of(response) == NOT_FOUND
        assert response.json()["developer_message"] == "There is no file a_b_c_d_problem_response.csv."

    def test_a_course_of_the_other_version_is_one(self, restricted):
        """The files are the same."""
        CourseEnrollmentDailyFactory._meta.model.objects.using("analytics_v1").create(
            course_id="a/b_c/d", date="2014-12-10", count=1
        )
        assert error_of(restricted(courses=["a_b/c/d"]).get(url("a_b/c/d"))) == NOT_FOUND

    def test_without_personal_data(self, restricted):
        """A report may name learners."""
        assert restricted(orgs=["a_b"]).get(url("a_b/c/d")).status_code == 200
        response = restricted(orgs=["a_b"], sees_personal_data=False).get(url("a_b/c/d"))
        assert error_of(response) == (403, "personal_data_access_denied")

    def test_one_that_may_be_seen_is_named(self, restricted):
        CourseEnrollmentDailyFactory(course_id="a/b/c_d")
        response = restricted(orgs=["a_b", "a"]).get(url("a_b/c/d"))
        assert "a/b/c_d" in response.json()["developer_message"]

    def test_queries_do_not_depend_on_the_number_of_namesakes(self, api, folder, query_counter):
        (folder / "a_b_c_d_e_f_g_h_problem_response.csv").write_text("x")
        with query_counter() as few:
            api.rows(url("a_b/c/d"))
        with query_counter() as many:
            api.rows(url("a_b_c/d_e/f_g_h"))
        assert len(few) == len(many) == 3


@pytest.mark.parametrize(
    "template, file, part",
    [
        ("{course_id}_{report_name}.csv", "a_b_c_r.csv", "a_b_c"),
        ("{course_id}_{report_name}.csv", "a_b_c_r.csvx", None),
        ("{course_id}_{report_name}.csv", "_r.csv", None),
        ("{course_id}/{course_id}-{report_name}", "a_b/a_b-r", "a_b"),
        ("{course_id}/{course_id}-{report_name}", "a_b/a-r", None),
        ("{report_name}.*{course_id}", "r.*x", "x"),
        ("{report_name}.*{course_id}", "rabcx", None),
    ],
)
def test_course_part(settings, template, file, part):
    settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE = template
    assert reports.course_part(file, "r") == part


class Silent(Storage):
    """A storage that only provides URLs."""

    def exists(self, name):
        return True

    def url(self, name):
        return f"https://files.example.com/{name}"


class WithoutUrl(Silent):
    def url(self, name):
        raise NotImplementedError("no URL")


class Broken(Silent):
    def exists(self, name):
        raise ConnectionError("no answer")


class TestOtherStorages:
    def test_what_a_storage_does_not_tell_is_absent(self, api, settings):
        use(settings, f"{HERE}Silent")
        assert api.rows(url()) == {
            "course_id": COURSE,
            "report_name": "problem_response",
            "download_url": f"https://files.example.com/{FILE}",
        }
        assert api.csv(url())[1] == f"{COURSE},https://files.example.com/{FILE},,,,problem_response"

    @pytest.mark.parametrize("storage", ["WithoutUrl", "Broken", "Unheard_Of"])
    def test_no_link(self, api, settings, storage):
        use(settings, f"{HERE}{storage}")
        for accept in ("application/json", "text/csv"):
            assert error_of(api.get(url(), HTTP_ACCEPT=accept)) == NO_LINK

    def test_storage_in_memory(self, api, settings):
        use(settings, "django.core.files.storage.InMemoryStorage", base_url="https://memory.example.com/")
        storage = storages["default"]
        assert isinstance(storage, InMemoryStorage)
        storage.save(FILE, ContentFile(b"abc"))
        answer = api.rows(url())
        assert (answer["download_url"], answer["file_size"]) == (f"https://memory.example.com/{FILE}", 3)


class TestS3:
    """Signing needs no network. A stub tells if the file exists."""

    OPTIONS = {
        "bucket_name": "reports",
        "access_key": "AKIDEXAMPLE",
        "secret_key": "secret",
        "region_name": "eu-central-1",
        "location": "prefix",
    }

    @pytest.fixture
    def s3(self, settings, monkeypatch):
        module = pytest.importorskip("storages.backends.s3")
        monkeypatch.setattr(module.S3Storage, "exists", lambda self, name: name == FILE)
        monkeypatch.setattr(module.S3Storage, "size", lambda self, name: 7)
        day = datetime(2014, 12, 10, 19, 31, 46, tzinfo=UTC)
        monkeypatch.setattr(module.S3Storage, "get_modified_time", lambda self, name: day)

        def configure(**options):
            use(settings, "storages.backends.s3.S3Storage", **{**self.OPTIONS, **options})

        configure()
        return configure

    def test_signed_link(self, api, s3, settings):
        settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME = 300
        answer = api.rows(url())
        link = urlsplit(answer["download_url"])
        query = {name: values[0] for name, values in parse_qs(link.query).items()}
        assert link.scheme == "https" and "amazonaws.com" in link.netloc
        assert link.path.endswith(f"/prefix/{FILE}")
        assert query["response-content-disposition"] == f'attachment; filename="{FILE}"'
        assert query["X-Amz-Expires"] == "300"
        assert query["X-Amz-Credential"].startswith("AKIDEXAMPLE/") and query["X-Amz-Signature"]
        assert (answer["last_modified"], answer["file_size"]) == ("2014-12-10T193146", 7)
        assert answer["expiration_date"] > datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")

    def test_service_that_is_compatible(self, api, s3):
        s3(endpoint_url="https://minio.example.com:9000", addressing_style="path")
        link = urlsplit(api.rows(url())["download_url"])
        assert (link.netloc, link.path) == ("minio.example.com:9000", f"/reports/prefix/{FILE}")
        assert "response-content-disposition=attachment" in link.query

    def test_unsigned_link(self, api, s3):
        s3(querystring_auth=False)
        answer = api.rows(url())
        assert "expiration_date" not in answer
        assert "Signature" not in answer["download_url"] and "disposition" not in answer["download_url"]

    def test_no_file(self, api, s3):
        assert error_of(api.get(url("x/y/z"))) == NOT_FOUND

    def test_no_credentials(self, api, s3, monkeypatch):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_S3_ACCESS_KEY_ID", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
        s3(access_key=None, secret_key=None)
        assert error_of(api.get(url())) == NO_LINK


class TestRestrictedKeys:
    def test_another_course(self, restricted, report):
        response = restricted(courses=["edX/DemoX/Other"]).get(url())
        assert error_of(response) == (403, "course_access_denied")

    def test_a_custom_course_has_not_the_reports_of_its_master(self, restricted, report):
        custom = "ccx-v1:edX+DemoX+Demo_Course+ccx@1"
        response = restricted(courses=[custom]).get(url(custom))
        assert error_of(response) == NOT_FOUND
        assert response.json()["developer_message"] == f"There is no file {FILE}."
        for course_id in (COURSE, "course-v1:edX+DemoX+Demo_Course"):
            assert restricted(courses=[custom, course_id]).get(url(custom)).status_code == 200
        assert restricted(orgs=["edX"]).get(url(custom)).status_code == 200

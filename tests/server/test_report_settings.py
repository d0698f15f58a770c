"""Settings of report files from the environment and from the configuration file."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from analyticsdataserver.configuration import read
from analyticsdataserver.env import parse_file_template

FILE = {
    "ENABLED_REPORT_IDENTIFIERS": ["of the file"],
    "REPORT_DOWNLOAD_BACKEND": {
        "DEFAULT_FILE_STORAGE": "storages.backends.s3boto3.S3Boto3Storage",
        "COURSE_REPORT_FILE_LOCATION_TEMPLATE": "{course_id}/{report_name}.csv",
        "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME": 7,
        "AWS_STORAGE_BUCKET_NAME": "of-the-file",
        "AWS_S3_ADDRESSING_STYLE": "path",
    },
}


@pytest.mark.parametrize(
    "template", ["{course_id}_{report_name}.csv", "a/{report_name}/{course_id}", "{course_id}{course_id}{report_name}"]
)
def test_templates(write, template):
    key = "COURSE_REPORT_FILE_LOCATION_TEMPLATE"
    assert parse_file_template(template) == read(write({key: template})).settings[key] == template


@pytest.mark.parametrize(
    "template",
    ["", "x.csv", "{course_id}.csv", "{report_name}.csv", "{course_id}{report_name}{other}", "{", "{}", "{0}",
     "{course_id.x}{report_name}", "{course_id!x}{report_name}", "{course_id:d}{report_name}", "{{course_id}}{report_name}"],
)  # fmt: skip
def test_templates_by_which_courses_or_reports_would_share_a_file(write, template):
    with pytest.raises(ValueError, match="course_id"):
        parse_file_template(template)
    with pytest.raises(ImproperlyConfigured, match="COURSE_REPORT_FILE_LOCATION_TEMPLATE: expected the name of a file"):
        read(write({"COURSE_REPORT_FILE_LOCATION_TEMPLATE": template}))


def settings(write):
    return read(write(FILE)).over({})


def test_file(write, monkeypatch):
    for name in ("ENABLED_REPORT_IDENTIFIERS", "DEFAULT_FILE_STORAGE", "AWS_STORAGE_BUCKET_NAME"):
        monkeypatch.delenv(name, raising=False)
    found = settings(write)
    assert found["STORAGES"]["default"] == {"BACKEND": "storages.backends.s3.S3Storage"}
    assert found["COURSE_REPORT_DOWNLOAD_EXPIRY_TIME"] == 7
    assert found["AWS_STORAGE_BUCKET_NAME"] == "of-the-file"


def test_the_environment_wins(write, monkeypatch):
    for name, value in {
        "ENABLED_REPORT_IDENTIFIERS": "a,b",
        "DEFAULT_FILE_STORAGE": "django.core.files.storage.FileSystemStorage",
        "COURSE_REPORT_FILE_LOCATION_TEMPLATE": "{report_name}-{course_id}",
        "COURSE_REPORT_DOWNLOAD_EXPIRY_TIME": "9",
        "AWS_STORAGE_BUCKET_NAME": "of-the-environment",
    }.items():
        monkeypatch.setenv(name, value)
    # The environment sets all others.
    assert settings(write) == {"AWS_S3_ADDRESSING_STYLE": "path"}

"""The names of report files, and links by which a browser downloads them.

The files are in Django's default storage. Other programs write them; this server only reads them.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from django.conf import DEFAULT_STORAGE_ALIAS, settings
from django.core import signing
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, storages
from django.urls import reverse
from django.utils.http import content_disposition_header

from analytics_data_api.auth.access import Access
from analytics_data_api.course_keys import is_course_id, parse
from analytics_data_api.errors import CannotCreateReportDownloadLink, ReportFileNotFound
from analytics_data_api.v0.queries.courses import courses_with_rows

logger = logging.getLogger(__name__)

LINK_SALT = "analytics_data_api.v0.queries.reports"
TIME_FORMAT = "%Y-%m-%dT%H%M%S"
# Stands for the course while a file name is turned into a pattern.
COURSE_MARK = "\ue000"


class ReportFile(NamedTuple):
    """A link to a file with its properties, which are None if the storage does not provide them."""

    download_url: str
    last_modified: str | None
    expiration_date: str | None
    file_size: int | None


def file_name(course_id: str, report_name: str) -> str:
    return settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE.format(
        course_id="_".join(parts_of(course_id)), report_name=report_name
    )


def parts_of(course_id: str) -> tuple[str, ...]:
    key = parse(course_id)
    return tuple(part for part in (key.org, key.course, key.run) if part)


def owners(course_id: str) -> tuple[str, ...]:
    """Return the ids of the course that owns the report files of this name. A custom course shares those of its source."""
    parts = parts_of(course_id)
    return "/".join(parts), f"course-v1:{'+'.join(parts)}"


def namesakes(course_id: str, file: str) -> Iterator[str]:
    """Yield the ids of other courses whose reports would have the same file name.

    An underscore inside an org, course or run looks like an underscore that joins them: ``a_b/c/d`` and ``a/b_c/d``.
    """
    own = parts_of(course_id)
    for report_name in settings.ENABLED_REPORT_IDENTIFIERS:
        joined = course_part(file, report_name) or ""
        underscores = [place for place, character in enumerate(joined) if character == "_"]
        for first, second in combinations(underscores, 2):
            parts = (joined[:first], joined[first + 1 : second], joined[second + 1 :])
            if all(parts) and parts != own:
                yield from filter(is_course_id, ("/".join(parts), f"course-v1:{'+'.join(parts)}"))


def course_part(file: str, report_name: str) -> str | None:
    """Return the part of a file name that names the course, or None if the file cannot be of this report."""
    template = settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE
    first, *others = template.format(course_id=COURSE_MARK, report_name=report_name).split(COURSE_MARK)
    pattern = re.escape(first) + "(.+)" + r"\1".join(map(re.escape, others))
    found = re.fullmatch(pattern, file, re.DOTALL)
    return found and found[1]


def report_of(
    course_id: str, report_name: str, *, access: Access, using: str, absolute_url: Callable[[str], str]
) -> ReportFile:
    """Return the file of a report on a course, or raise if there is none that the access covers."""
    if report_name not in settings.ENABLED_REPORT_IDENTIFIERS:
        raise ReportFileNotFound(f"There is no report of the name {report_name!r}.")
    file = file_name(course_id, report_name)
    if not access.any_of(owners(course_id)):
        raise ReportFileNotFound(f"There is no file {file}.")
    found = find(file, absolute_url=absolute_url, now=datetime.now(UTC))
    # Both versions share the files. An unrestricted key learns only about the courses of its version.
    both = {settings.ANALYTICS_DATABASE, settings.ANALYTICS_DATABASE_V1}
    aliases = {using} if access.courses is None else both
    same_name = set(namesakes(course_id, file))
    others: set[str] = set().union(*(courses_with_rows(same_name, using=alias) for alias in aliases))
    if others:
        if not access.all_of(others):
            raise ReportFileNotFound(f"There is no file {file}.")
        raise ReportFileNotFound(f"Whose file {file} is cannot be told: the course {min(others)} has the same name.")
    return found


def find(file: str, *, absolute_url: Callable[[str], str], now: datetime) -> ReportFile:
    """Return a link to a file of the storage. ``absolute_url`` completes a path of this server."""
    try:
        storage = storages[DEFAULT_STORAGE_ALIAS]
        if not storage.exists(file):
            raise ReportFileNotFound(f"The file {file} does not exist.")
        last_modified = if_implemented(storage.get_modified_time, file)
        size = if_implemented(storage.size, file)
        url, expires = link_to(storage, file)
    except (SuspiciousFileOperation, FileNotFoundError) as error:
        raise ReportFileNotFound(f"The file {file} does not exist.") from error
    except ReportFileNotFound:
        raise
    except Exception as error:  # a storage of any kind may raise any exception
        logger.exception("no link to the report file %s", file)
        raise CannotCreateReportDownloadLink() from error
    seconds = settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME
    return ReportFile(
        download_url=absolute_url(url),
        last_modified=last_modified and last_modified.astimezone(UTC).strftime(TIME_FORMAT),
        expiration_date=(now + timedelta(seconds=seconds)).strftime(TIME_FORMAT) if expires else None,
        file_size=size,
    )


def if_implemented(method: Callable[[str], Any], file: str) -> Any:
    """Return the result of a storage's method, or None if the storage does not implement it."""
    try:
        return method(file)
    except NotImplementedError:
        return None


def link_to(storage: Any, file: str) -> tuple[str, bool]:
    """Return the URL of a file, and True if it expires."""
    name = file.rpartition("/")[2]
    if has_no_url(storage):
        return reverse("report-download", args=[signing.dumps(file, salt=LINK_SALT)]), True
    if is_signed_by_s3(storage):
        return storage.url(
            file,
            parameters={
                "ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=name),
                "ResponseContentType": "text/csv",
            },
            expire=settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME,
        ), True
    return storage.url(file), False


def has_no_url(storage: Any) -> bool:
    """Return True if the files are local and no other web server is configured to serve them."""
    return isinstance(storage, FileSystemStorage) and storage.base_url in (None, "", "/")


def is_signed_by_s3(storage: Any) -> bool:
    # The package is optional. If the storage is of this kind, the package has been imported.
    s3 = sys.modules.get("storages.backends.s3")
    return (
        s3 is not None
        and isinstance(storage, s3.S3Storage)
        and storage.querystring_auth
        # For a custom domain only CloudFront signs links, and it ignores the file name.
        and not storage.custom_domain
    )


def open_signed(signed: str) -> Any:
    """Open the file of a link of this server. The signature is the permission until it expires."""
    try:
        file = signing.loads(signed, salt=LINK_SALT, max_age=settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME)
        return storages[DEFAULT_STORAGE_ALIAS].open(file)
    except signing.SignatureExpired as error:
        raise ReportFileNotFound("This link has expired: request a new one.") from error
    except signing.BadSignature as error:
        raise ReportFileNotFound("This is not a link to a report file.") from error
    except OSError as error:
        raise ReportFileNotFound("The file no longer exists.") from error

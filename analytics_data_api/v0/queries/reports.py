"""Files of reports: what they are called, and links from which a browser gets them.

The files lie in Django's default storage. They are written by others; this server only reads them.
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
from django.http import FileResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from analytics_data_api.course_keys import is_course_id, parse
from analytics_data_api.errors import CannotCreateReportDownloadLink, ReportFileNotFound
from analytics_data_api.web.error_responses import page_error

logger = logging.getLogger(__name__)

LINK_SALT = "analytics_data_api.v0.queries.reports"
TIME_FORMAT = "%Y-%m-%dT%H%M%S"
# Stands for a course in a name, while the name is made into a pattern.
COURSE_MARK = "\ue000"


class ReportFile(NamedTuple):
    """A link to a file, and what the storage tells of it; None where it does not."""

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
    """The ids of the course whose reports have the names of this one's: of a custom course, the one it was made from."""
    parts = parts_of(course_id)
    return "/".join(parts), f"course-v1:{'+'.join(parts)}"


def namesakes(course_id: str, file: str) -> Iterator[str]:
    """Ids of the courses of another org, course or run that would have a report in the same file, if there are such.

    An underscore in an org, a course or a run cannot be told from one that joins them: ``a_b/c/d`` and ``a/b_c/d``.
    """
    own = parts_of(course_id)
    for report_name in settings.ENABLED_REPORT_IDENTIFIERS:
        joined = course_part(file, report_name)
        underscores = [place for place, character in enumerate(joined or "") if character == "_"]
        for first, second in combinations(underscores, 2):
            parts = (joined[:first], joined[first + 1 : second], joined[second + 1 :])
            if all(parts) and parts != own:
                yield from filter(is_course_id, ("/".join(parts), f"course-v1:{'+'.join(parts)}"))


def course_part(file: str, report_name: str) -> str | None:
    """What stands in the name of a report's file for the course; None if it is no name of this report's."""
    template = settings.COURSE_REPORT_FILE_LOCATION_TEMPLATE
    first, *others = template.format(course_id=COURSE_MARK, report_name=report_name).split(COURSE_MARK)
    pattern = re.escape(first) + "(.+)" + r"\1".join(map(re.escape, others))
    match = re.fullmatch(pattern, file, re.DOTALL)
    return match and match[1]


def find(file: str, *, absolute_url: Callable[[str], str], now: datetime) -> ReportFile:
    """A link to a file of the storage. ``absolute_url`` makes one of a path of this server."""
    try:
        storage = storages[DEFAULT_STORAGE_ALIAS]
        if not storage.exists(file):
            raise ReportFileNotFound(f"There is no file {file}.")
        last_modified = told(storage.get_modified_time, file)
        size = told(storage.size, file)
        url, expires = link(storage, file)
    except (SuspiciousFileOperation, FileNotFoundError) as error:
        raise ReportFileNotFound(f"There is no file {file}.") from error
    except ReportFileNotFound:
        raise
    except Exception as error:  # a storage may be anything, and so may be what it raises
        logger.exception("no link to the report file %s", file)
        raise CannotCreateReportDownloadLink() from error
    seconds = settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME
    return ReportFile(
        download_url=absolute_url(url),
        last_modified=last_modified and last_modified.astimezone(UTC).strftime(TIME_FORMAT),
        expiration_date=(now + timedelta(seconds=seconds)).strftime(TIME_FORMAT) if expires else None,
        file_size=size,
    )


def told(ask: Callable[[str], Any], file: str) -> Any:
    """What a storage tells of a file, or None."""
    try:
        return ask(file)
    except NotImplementedError:
        return None


def link(storage: Any, file: str) -> tuple[str, bool]:
    """A URL of a file, and whether it expires."""
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
    """Whether the files are local and no web server is said to serve them: then this one does."""
    return isinstance(storage, FileSystemStorage) and storage.base_url in (None, "", "/")


def is_signed_by_s3(storage: Any) -> bool:
    # Whoever uses it has imported it; whoever does not need not have it.
    s3 = sys.modules.get("storages.backends.s3")
    return (
        s3 is not None
        and isinstance(storage, s3.S3Storage)
        and storage.querystring_auth
        # Of a domain of its own only CloudFront signs, and without a name for the file.
        and not storage.custom_domain
    )


def download(request: Any, signed: str) -> Any:
    """Serves the file of a link. The link is the permission, for as long as it is good."""
    if request.method not in ("GET", "HEAD"):
        return page_error(405, "method_not_allowed", f"{request.method} is not allowed.", {"Allow": "GET, HEAD"})
    try:
        file = signing.loads(signed, salt=LINK_SALT, max_age=settings.COURSE_REPORT_DOWNLOAD_EXPIRY_TIME)
        opened = storages[DEFAULT_STORAGE_ALIAS].open(file)
    except signing.SignatureExpired:
        return no_file("This link has expired: ask for a new one.")
    except signing.BadSignature:
        return no_file("This is no link to a report file.")
    except OSError:
        return no_file("The file is gone.")
    response = FileResponse(
        opened, as_attachment=True, filename=file.rpartition("/")[2], content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-store"
    return response


def no_file(message: str) -> Any:
    return page_error(404, ReportFileNotFound.default_code, message)

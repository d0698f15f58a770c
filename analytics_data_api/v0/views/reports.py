"""Downloads of report files by signed links."""

from django.http import FileResponse

from analytics_data_api.errors import ReportFileNotFound
from analytics_data_api.v0.queries.reports import open_signed
from analytics_data_api.web.error_responses import page_error


def download(request, signed):
    """Serve the file of a link, without a key."""
    if request.method not in ("GET", "HEAD"):
        return page_error(405, "method_not_allowed", f"{request.method} is not allowed.", {"Allow": "GET, HEAD"})
    try:
        file = open_signed(signed)
    except ReportFileNotFound as error:
        return page_error(error.status_code, error.default_code, str(error.detail))
    response = FileResponse(
        file, as_attachment=True, filename=file.name.rpartition("/")[2], content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-store"
    return response

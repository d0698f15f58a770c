"""The base of all pages: who reads, in which language, what may be seen, and errors as pages."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import cached_property
from rest_framework import exceptions, renderers

from analytics_data_api.auth.access import access_of
from analytics_data_api.course_keys import valid_course_id
from analytics_data_api.pages.navigation import course_navigation
from analytics_data_api.pages.sections import Content
from analytics_data_api.sql.conditions import Scope
from analytics_data_api.v0.params.summaries import SummariesQuery
from analytics_data_api.v0.queries import summaries
from analytics_data_api.v0.serializers.summaries import CourseSummarySerializer
from analytics_data_api.web.error_responses import as_api_exception
from analytics_data_api.web.parameters import NoParameters, RequestParameters
from analytics_data_api.web.prepared import PreparedView
from analytics_data_api.web.traits import Personal, Traits

# Stricter than the policy of other responses: no inline scripts and no inline styles.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "private, max-age=0, must-revalidate",
    "Vary": "Accept-Language, Authorization, Cookie",
}


class PageFormat(renderers.BaseRenderer):
    """Represents a page in content negotiation, whatever the request accepts. The view renders its template itself."""

    media_type, format, charset = "text/html", "html", "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return data


class AnyFormat:
    """Content negotiation of a view with one format, which no Accept header refuses."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type

    def select_parser(self, request, parsers):
        return parsers[0] if parsers else None


class HtmlPage(PreparedView):
    """A page. A subclass names its title and template, and returns what the template shows from ``context()``."""

    schema = None
    swagger_schema = None
    renderer_classes = [PageFormat]
    content_negotiation_class = AnyFormat
    http_method_names = ["get", "head"]

    title: Any = ""
    template_name = "pages/sections.html"
    # Reads the query string, as a view of the API does; its value is ``self.parameters``.
    parameters_class: type[RequestParameters] = NoParameters
    traits = Traits()

    @property
    def access(self):
        """The courses and the personal data that the reader may see."""
        return access_of(self.request)

    @property
    def scope(self):
        """The database that each query reads, and the courses that may be seen."""
        return Scope(settings.ANALYTICS_DATABASE, self.access.courses)

    @cached_property
    def parameters(self):
        return self.parameters_class.read(self.request.query_params, access=self.access)

    @property
    def sees_learners(self):
        return settings.PERSONAL_DATA and self.access.sees_personal_data

    def context(self, **ids: str) -> dict[str, Any]:
        """Return what the template shows."""
        return {}

    def dispatch(self, request, *args, **kwargs):
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
            for name, value in {**HEADERS, "Content-Language": language}.items():
                response.headers[name] = value
        return response

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.traits.personal is Personal.ALWAYS:
            self.access.refuse_personal_data()
        self.access.check_courses(kwargs)

    def get(self, request, **ids):
        return self.page(self.template_name, self.context(**ids))

    def page(self, template, context, status=200):
        common = {"view": self, "title": context.pop("title", self.title), "path": self.request.get_full_path()}
        return TemplateResponse(self.request._request, template, {**common, **context}, status=status)

    def handle_exception(self, exc):
        """Return a page for each error that the API has a response for. A reader who is not logged in may log in."""
        known = as_api_exception(exc)
        if known is None:
            raise exc
        if isinstance(known, exceptions.NotAuthenticated):
            return HttpResponseRedirect(f"{login_url()}?{urlencode({'next': self.request.get_full_path()})}")
        if known.status_code >= 500:
            # The page would read the user from the database, which the error may be about.
            self.request._request.user = AnonymousUser()
        response = self.page("pages/error.html", error_context(known), known.status_code)
        if getattr(known, "wait", None) is not None:
            response["Retry-After"] = str(int(known.wait))
        return response


def login_url():
    return reverse("pages:login")


def error_context(error):
    """Return the texts of an error's page: a heading for people and the message of the API."""
    headings = {
        400: translation.gettext("This address is not quite right"),
        401: translation.gettext("You may not see this page"),
        403: translation.gettext("You may not see this page"),
        404: translation.gettext("There is nothing here"),
        429: translation.gettext("Too many requests"),
    }
    unavailable = translation.gettext("The figures cannot be read at the moment")
    heading = headings.get(error.status_code, headings[400] if error.status_code < 500 else unavailable)
    return {"title": heading, "message": error.detail, "status_code": error.status_code, "code": error.get_codes()}


class CoursePage(HtmlPage):
    """A page about one course. A subclass returns its parts from ``content()``."""

    # The name of the page's URL, by which the navigation knows it.
    name = ""

    @cached_property
    def course_id(self):
        return valid_course_id(self.kwargs["course_id"])

    @cached_property
    def course(self):
        """The course's summary as the API has it, or None if it has none."""
        query = SummariesQuery(course_ids=(self.course_id,), with_programs=False)
        found = summaries.course_summaries(query=query, scope=self.scope)
        return CourseSummarySerializer.to_dicts(found[:1])[0] if found else None

    @property
    def course_title(self):
        return (self.course and self.course["catalog_course_title"]) or self.course_id

    def content(self) -> Content:
        """Return the parts of the page."""
        raise NotImplementedError

    def course_url(self, name: str, **ids: str) -> str:
        return reverse(f"pages:{name}", kwargs={"course_id": self.course_id, **ids})

    def get(self, request, **ids):
        _checked = self.course_id, self.parameters
        content = self.content()
        context = {
            "course_id": self.course_id,
            "course": self.course,
            "course_title": self.course_title,
            "navigation": course_navigation(self.course_id, self.name, sees_learners=self.sees_learners),
            "content": content,
            **content.more,
        }
        # A course that no table knows is most often a wrong id.
        status = 404 if content.is_empty and self.course is None else 200
        return self.page(self.template_name, context, status)

"""The page on which readers log in: with the LMS, with a key, or with a password of ours."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, get_random_string
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView, View
from rest_framework.exceptions import AuthenticationFailed

from analytics_data_api.auth import lms_login
from analytics_data_api.auth.keys import KeyAuthentication
from analytics_data_api.pages.views import HEADERS
from analytics_data_api.web.public_urls import public_url

BACKEND = "analytics_data_api.auth.logins.LimitedLogins"
# The key of the session under which a login is kept while its reader is at the LMS.
PENDING = "lms_login"


def safe_next(request: Any, url: str | None) -> str:
    """Return where a reader goes after the login: a page of this server."""
    if url and url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return url
    return reverse("pages:courses")


class FormPage(TemplateView):
    """A page with a form, without the figures of any course."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        with translation.override(translation.get_language_from_request(request)):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response


@method_decorator([csrf_protect, sensitive_post_parameters("key")], name="dispatch")
class LoginPage(FormPage):
    """The ways to log in. A POST logs in with a key."""

    template_name = "pages/login.html"

    def get_context_data(self, **more):
        following = safe_next(self.request, self.request.POST.get("next") or self.request.GET.get("next"))
        query = urlencode({"next": following})
        return {
            "title": _("Log in"),
            "next": following,
            "password_url": f"{settings.LOGIN_URL}?{query}",
            "lms_url": f"{reverse('pages:lms-login')}?{query}" if lms_login.is_configured() else "",
            "error": more.get("error", ""),
        }

    def post(self, request):
        try:
            user, _token = KeyAuthentication().authenticate_credentials(request.POST.get("key", "").strip())
        except AuthenticationFailed:
            return self.refused(_("This key is not known, or it has expired."), 403)
        auth.login(request, user, backend=BACKEND)
        return HttpResponseRedirect(safe_next(request, request.POST.get("next")))

    def refused(self, error, status):
        response = self.render_to_response(self.get_context_data(error=error))
        response.status_code = status
        return response


class LmsLogin(View):
    """Send the reader to the LMS, and log in whom the LMS sends back."""

    def get(self, request):
        if not lms_login.is_configured():
            return HttpResponseRedirect(reverse("pages:login"))
        back = public_url(request, reverse("pages:lms-login"))
        pending = request.session.get(PENDING)
        if "code" not in request.GET and "error" not in request.GET:
            verifier = get_random_string(64)
            url, state = lms_login.authorization(back, verifier)
            following = safe_next(request, request.GET.get("next"))
            request.session[PENDING] = {"state": state, "verifier": verifier, "next": following}
            return HttpResponseRedirect(url)
        request.session.pop(PENDING, None)
        page = LoginPage()
        page.setup(request)
        if not pending or not constant_time_compare(request.GET.get("state", ""), pending["state"]):
            return page.refused(_("This login was begun elsewhere, or too long ago. Begin again."), 403)
        try:
            if "code" not in request.GET:
                raise lms_login.LmsLoginFailed(_("The LMS refused the login."))
            reader = lms_login.reader_of(back, code=request.GET["code"], verifier=pending["verifier"])
            user = lms_login.local_user(reader)
        except lms_login.LmsLoginFailed as error:
            return page.refused(str(error), 403)
        auth.login(request, user, backend=BACKEND)
        return HttpResponseRedirect(pending["next"])


@method_decorator(csrf_protect, name="dispatch")
class LogoutPage(FormPage):
    template_name = "pages/logout.html"

    def get_context_data(self, **more):
        return {"title": _("Log out")}

    def post(self, request):
        auth.logout(request)
        return HttpResponseRedirect(reverse("pages:login"))

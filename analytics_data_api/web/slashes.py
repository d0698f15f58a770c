from django.http import HttpResponsePermanentRedirect
from django.views.decorators.csrf import csrf_exempt


def post_without_slash(view):
    """A view at its URL without the trailing slash: POST, whose body a redirect would lose; the rest is redirected."""

    @csrf_exempt  # as views of REST framework are, which check it themselves where a session is the key
    def post_or_redirect(request):
        if request.method == "POST":
            return view(request)
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))

    return post_or_redirect

from django.http import HttpResponsePermanentRedirect
from django.views.decorators.csrf import csrf_exempt


def post_without_slash(view):
    """Return a view for the URL without the trailing slash: it serves POST and redirects all other methods.

    A redirect would lose the body of a POST.
    """

    @csrf_exempt  # REST framework checks the token itself if a session authenticates the request.
    def post_or_redirect(request):
        if request.method == "POST":
            return view(request)
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))

    return post_or_redirect

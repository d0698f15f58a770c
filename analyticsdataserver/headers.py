"""Headers that tell a browser what it may do with an answer of this server."""

# What a page of this server may do in a browser: load the server's own files and ask the server. No script stands in a page;
# styles do, in those of Django REST framework and of drf-yasg.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# Django's middleware may have set others of these; answers that it never sees get them too, such as gunicorn's own.
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}

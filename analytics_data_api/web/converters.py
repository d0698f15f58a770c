class IdConverter:
    """Any text: an id may hold slashes, and even a malformed one is to reach its view, which says what is wrong."""

    regex = r"[\s\S]*"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value

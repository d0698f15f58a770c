"""gunicorn's log without what a client sent: headers and query strings can contain keys."""

import re

from gunicorn.glogging import Logger as GunicornLogger

from analyticsdataserver.request_log import current, without_permissions

# gunicorn logs the request line that it cannot parse.
INVALID = re.compile(r"(Invalid request from ip=\S*: [^:'\"(]*).*", re.DOTALL)


class Logger(GunicornLogger):
    def warning(self, msg, *args, **kwargs):
        super().warning(INVALID.sub(r"\1", str(msg)), *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        facts = current.get()
        args = [without_permissions(arg.partition("?")[0]) if isinstance(arg, str) else arg for arg in args]
        super().exception(f"[{facts.id if facts else '-'}] {msg}", *args, **kwargs)

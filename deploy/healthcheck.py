"""Exit with 0 if the server in this container answers: the HEALTHCHECK of the image."""

import os
import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
# The server refuses other hosts. It answers /status/ without a database and without TLS.
host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
try:
    connection.request("GET", "/status/", headers={"Host": host or "localhost"})
    status = connection.getresponse().status
except OSError as error:
    sys.exit(f"the server does not answer: {error}")
# A configuration file may name the hosts: then the answer is 400, and the server runs.
sys.exit(None if status < 500 else f"the server answers {status}")

"""A restart with systemd's socket loses no request: the service manager keeps the port open."""

import os
import signal
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection

import pytest

from tests.support.running import GUNICORN, PATIENCE, ROOT, Server, wait_for

pytestmark = pytest.mark.servers

# systemd passes sockets from file descriptor 3 on, and names the process that they are for.
PASS_SOCKET = 'exec 3<&"$0"; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'


def test_no_request_is_lost(tmp_path):
    server = Server(tmp_path)
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen(2048)
        number = port.getsockname()[1]
        # The port of the environment has no effect.
        environment = server.environment | {"PORT": "1", "THREADS": "2"}

        def start():
            command = ["bash", "-c", PASS_SOCKET, str(port.fileno()), sys.executable, *GUNICORN]
            how = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            return subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[port.fileno()], **how)

        statuses, is_over = [], threading.Event()

        def ask(keeps):
            connection = HTTPConnection("127.0.0.1", number, timeout=PATIENCE)
            while not is_over.is_set():
                connection.request("GET", "/authenticated/", headers={"Authorization": "Token edx"})
                response = connection.getresponse()
                response.read()
                statuses.append(response.status)
                if not keeps or response.headers.get("Connection") == "close":
                    connection.close()

        process = start()
        try:
            wait_for(f"http://127.0.0.1:{number}/status/", process)
            clients = [threading.Thread(target=ask, args=(keeps,)) for keeps in (True, False, False)]
            for client in clients:
                client.start()
            for _restart in range(2):
                asked = len(statuses)
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE) == 0
                process = start()
                wait_for(f"http://127.0.0.1:{number}/status/", process)
                while len(statuses) < asked + 100 and all(client.is_alive() for client in clients):
                    is_over.wait(0.1)
            assert all(client.is_alive() for client in clients)
        finally:
            is_over.set()
            process.terminate()
            process.wait(PATIENCE)
        # A request that arrives while nobody serves would wait for ever.
        port.shutdown(socket.SHUT_RDWR)
    for client in clients:
        client.join(PATIENCE)
    assert set(statuses) == {200} and len(statuses) > 200
    assert os.environ.get("LISTEN_FDS") is None

"""A reload reads new settings, and neither a reload nor an end loses a request."""

import http.client
import os
import signal
import threading
import time

import pytest

from tests.support.measured_server import PRODUCTION
from tests.support.running import PATIENCE, Server

pytestmark = pytest.mark.servers

REQUESTS, CLIENTS = 5_000, 8
OLD, NEW = "old.example.com", "new.example.com"


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.file = tmp_path / "site.yml"
    server.file.write_text(f"ALLOWED_HOSTS: [127.0.0.1, {OLD}]\n")
    server.log = tmp_path / "log"
    server.environment |= PRODUCTION | {"ANALYTICS_API_CFG": str(server.file), "WORKERS": "2", "THREADS": "4"}
    del server.environment["ALLOWED_HOSTS"]
    with server.log.open("w") as log, server.running(log=log):
        yield server


class Clients:
    """Clients that ask until the server refuses connections. Every other one keeps its connection."""

    def __init__(self, port):
        self.port, self.responses, self.failures = port, [], []
        self.threads = [threading.Thread(target=self.run, args=(number % 2 == 0,)) for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, keeps):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while True:
            try:
                client.request("GET", "/status/")
                response = client.getresponse()
                response.read()
                self.responses.append(response.status)
                if not keeps or response.getheader("Connection") == "close":
                    client.close()
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(error)
                client.close()


def status_for(server, host):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    client.request("GET", "/status/", headers={"Host": host, "Connection": "close"})
    return client.getresponse().status


def await_answers(clients, number):
    end = time.monotonic() + PATIENCE
    while len(clients.responses) < number and time.monotonic() < end:
        time.sleep(0.05)


def reload(server):
    """Reload the server, and return when the processes are new ones."""
    before = children(server)
    os.kill(server.process.pid, signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while before & children(server) and time.monotonic() < end:
        time.sleep(0.05)


def children(server):
    return set((server.worker / "task" / str(server.process.pid) / "children").read_text().split())


def test_no_request_is_lost(server):
    assert (status_for(server, OLD), status_for(server, NEW)) == (200, 400)
    clients = Clients(server.port)
    for number, host in enumerate((NEW, OLD), 1):
        await_answers(clients, REQUESTS * number // 3)
        server.file.write_text(f"ALLOWED_HOSTS: [127.0.0.1, {host}]\n")
        reload(server)
        assert status_for(server, host) == 200
    assert status_for(server, NEW) == 400
    await_answers(clients, REQUESTS)
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(PATIENCE)
    for thread in clients.threads:
        thread.join()
    assert clients.failures == []
    assert set(clients.responses) == {200} and len(clients.responses) >= REQUESTS


def test_invalid_settings_change_nothing(server):
    server.file.write_text("ALLOWED_HOSTS: ['*']\n")
    reload(server)
    assert (status_for(server, OLD), status_for(server, NEW)) == (200, 400)
    assert "the new settings are invalid, so the old ones stay: ALLOWED_HOSTS" in server.log.read_text()

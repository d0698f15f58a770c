"""The server behind nginx with the configuration of the documentation."""

import getpass
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest

from tests.support.running import KEY, ROOT, Server, free_port

# Debian keeps servers in sbin.
PATH = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
NGINX = shutil.which("nginx", path=PATH)
pytestmark = [pytest.mark.servers, pytest.mark.skipif(not NGINX, reason="there is no nginx: make nginx")]

AROUND = """
user {user};
worker_processes 1;
daemon off;
error_log {folder}/error.log;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
PROBLEM = "i4x://edX/DemoX/Demo_Course/problem/268b43628e6d45f79c52453a590f9829"


def configuration(folder, port, server_port):
    """Return the documentation's configuration with the ports and the certificate of the test."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for documented, tested in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
        "/etc/ssl/certs/analytics.example.com.pem": f"{folder}/certificate",
        "/etc/ssl/private/analytics.example.com.key": f"{folder}/key",
    }.items():
        assert text.count(documented) == 1
        text = text.replace(documented, tested)
    return text


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    server.environment |= {"ALLOWED_HOSTS": "127.0.0.1,analytics.example.com", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
    server.run("manage.py", "loaddata", "--database", "analytics", *sorted((ROOT / "fixtures").glob("*.json")))
    log = server.database.with_name("log")
    with log.open("w") as output, server.running(log=output):
        server.log = log
        yield server


@pytest.fixture(scope="module")
def port(server, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=analytics"
    files = ["-keyout", folder / "key", "-out", folder / "certificate"]
    subprocess.run([*certificate.split(), *files], check=True, stderr=subprocess.DEVNULL)
    (folder / "site.conf").write_text(configuration(folder, port, server.port), encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=getpass.getuser()), encoding="utf-8")
    nginx = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        wait_for(port, nginx)
        yield port
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(30)


def wait_for(port, process):
    for _attempt in range(200):
        assert process.poll() is None, "nginx does not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("nginx does not listen")


def encrypted(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)


def ask(port, path, method="GET", body=None, **headers):
    client = encrypted(port)
    headers = {"Host": "analytics.example.com", "Authorization": f"Token {KEY}", **headers}
    client.request(method, path, body, headers)
    response = client.getresponse()
    content = response.read()
    client.close()
    return response, content


@pytest.mark.parametrize("course", ["edX/DemoX/Demo_Course", "edX%2FDemoX%2FDemo_Course"])
def test_ids_arrive_as_they_were_sent(port, course):
    response, _content = ask(port, f"/api/v0/courses/{course}/activity/")
    assert response.status == 200


def test_double_slashes_of_ids_arrive(port):
    response, _content = ask(port, f"/api/v0/problems/{PROBLEM}/answer_distribution/")
    assert response.status == 200


def test_long_urls_arrive(port):
    ids = ",".join(f"edX/DemoX/{number}" for number in range(500))
    assert ask(port, f"/api/v0/course_totals/?course_ids={ids}")[0].status == 200


def test_links_name_the_address_of_the_proxy(port):
    _response, content = ask(port, "/api/v0/data_sets/enrollment/")
    assert json.loads(content)["links"]["rows"].startswith("https://analytics.example.com/api/v0/")


def test_the_log_has_the_clients_address(port, server):
    ask(port, "/status/", **{"X-Request-ID": "behind-nginx", "X-Forwarded-For": "198.51.100.1"})
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if '"behind-nginx"' in line]
    # The client is on this machine, which is a trusted proxy, so the next address to the left counts.
    assert [line["address"] for line in lines] == ["198.51.100.1"]


def test_errors_of_large_bodies_are_the_servers(port):
    body = b'{"course_ids": "' + b"x" * 3_000_000 + b'"}'
    response, content = ask(port, "/api/v0/course_totals/", "POST", body, **{"Content-Type": "application/json"})
    assert (response.status, json.loads(content)["error_code"]) == (413, "request_too_large")


def test_whole_data_sets_pass(port):
    response, content = ask(port, "/api/v0/data_sets/enrollment/rows/?limit=all&format=ndjson")
    assert response.status == 200
    assert content.count(b"\n") == 3

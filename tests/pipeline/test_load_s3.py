"""Logs in a bucket, over the protocol of S3."""

import gzip

import pytest

from tests.pipeline.logs import lines, load, numbers

pytestmark = pytest.mark.s3


@pytest.fixture
def bucket(monkeypatch):
    """Return the client of a bucket ``logs`` on a server of this process, which the environment names."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="logs")
    yield client
    server.stop()


def test_logs_in_a_bucket(settings, events_dir, bucket):
    bucket.put_object(Bucket="logs", Key="lms/a b.log.gz", Body=gzip.compress(lines([0, 1])))
    bucket.put_object(Bucket="logs", Key="lms/2026/+%é.log", Body=lines([2]))
    bucket.put_object(Bucket="logs", Key="other/c.log", Body=lines([9]))
    for _ in range(2):
        counts, _warnings = load(settings, "s3://logs/lms", jobs=2)
    assert (counts["files_known"], numbers(settings)) == (2, [0, 1, 2])
    # A log that has grown, of more than one block.
    bucket.put_object(Bucket="logs", Key="lms/2026/+%é.log", Body=lines(range(2, 20_000)))
    load(settings, "s3://logs/lms/2026/+%é.log")
    assert numbers(settings) == list(range(20_000))


def test_a_missing_bucket_is_an_error(settings, events_dir, bucket):
    with pytest.raises(Exception, match="cannot read s3://nowhere/lms"):
        load(settings, "s3://nowhere/lms")

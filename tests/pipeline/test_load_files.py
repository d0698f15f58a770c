"""Files that grow, are rotated, packed, cut off, or hold what other files hold."""

import gzip
import io
import json
import os
import sys

import pytest
import zstandard
from django.core.management import CommandError, call_command

from analytics_data_api.pipeline import loading, loading_files, loading_parts, loading_rows, unpacking
from tests.pipeline.logs import line, lines, load, numbers, rejected_lines, stored

pytestmark = pytest.mark.usefixtures("events_dir")


def zstd(data):
    return zstandard.ZstdCompressor().compress(data)


def test_folders_files_and_packed_files_are_loaded(settings, tmp_path):
    folder = tmp_path / "logs"
    (folder / "old").mkdir(parents=True)
    (folder / "tracking.log").write_bytes(lines(range(3)))
    (folder / "old" / "tracking.log.1.gz").write_bytes(gzip.compress(lines(range(3, 5))) + gzip.compress(lines([5])))
    (folder / "old" / "without-a-suffix").write_bytes(zstd(lines([6])) + zstd(lines([7])))
    (folder / ".hidden").write_bytes(lines([8]))
    (folder / "empty.gz").write_bytes(b"")
    counts, warnings = load(settings, folder)
    assert numbers(settings) == list(range(8))
    assert not warnings
    assert counts == {
        "files": 3,
        "files_known": 1,
        "files_failed": 0,
        "lines": 8,
        "events": {"other": 8},
        "duplicates": 0,
        "rejected": 0,
        "first_day": "2026-03-01",
        "last_day": "2026-03-01",
    }


def test_standard_input(settings, monkeypatch):
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(lines(range(3)) + b"x\n"))))
        load(settings, "-")
    assert numbers(settings) == [0, 1, 2]
    assert len(rejected_lines(settings)) == 1


@pytest.mark.parametrize("size", [3, 200])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_a_file_is_known_under_any_name_and_packed(settings, tmp_path, size, pack):
    """Files of less and of more than 64 KiB."""
    log = tmp_path / "tracking.log"
    log.write_bytes(lines(range(size)))
    load(settings, log)
    log.unlink()
    copy = tmp_path / "tracking.log.1"
    copy.write_bytes(pack(lines(range(size))))
    for _ in range(2):
        counts, _warnings = load(settings, copy)
        assert (counts["files"], counts["files_known"], counts["lines"]) == (0, 1, 0)
    # The rotated file has lines that came after the last load, and the name has a new file.
    copy.write_bytes(pack(lines(range(size + 2))))
    log.write_bytes(lines([size + 2]))
    counts, _warnings = load(settings, log, copy)
    assert (counts["lines"], counts["duplicates"]) == (3, 0)
    assert numbers(settings) == list(range(size + 3))


@pytest.mark.parametrize("step", [1, 50, 700, 5_000, 70_000])
def test_a_growing_file_is_read_on(settings, tmp_path, step):
    data = lines(range(20 if step < 700 else 300))
    log = tmp_path / "tracking.log"
    read = 0
    for end in [*range(step, min(len(data), 12 * step), step), len(data)]:
        log.write_bytes(data[:end])
        counts, _warnings = load(settings, log)
        read += counts["lines"]
        assert (counts["duplicates"], counts["rejected"]) == (0, 0)
    assert read == len(numbers(settings)) == data.count(b"\n")


def test_copytruncate(settings, tmp_path):
    log = tmp_path / "tracking.log"
    log.write_bytes(lines(range(300)))
    load(settings, log)
    (tmp_path / "tracking.log.1").write_bytes(lines(range(301)))
    # A writer that goes on at its old place leaves a hole, whose bytes are zeros.
    log.write_bytes(b"\0" * 100_000 + lines([301]))
    counts, _warnings = load(settings, log, tmp_path / "tracking.log.1")
    assert counts["duplicates"] == 0
    assert numbers(settings) == list(range(302))
    log.write_bytes(b"\0" * 200_000 + lines([302]))
    load(settings, log)
    assert numbers(settings) == list(range(303))


def test_files_with_the_same_head_are_told_apart(settings, tmp_path):
    head = b"#" * 70_000 + b"\n"
    (tmp_path / "a").write_bytes(head + lines(range(5)))
    (tmp_path / "b").write_bytes(head + lines(range(10, 15)))
    (tmp_path / "c").write_bytes(gzip.compress(head + lines(range(20, 29))))
    load(settings, tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert numbers(settings) == [*range(5), *range(10, 15), *range(20, 29)]


def test_copies_in_one_load_are_read_once(settings, tmp_path):
    (tmp_path / "a").write_bytes(lines(range(200)))
    (tmp_path / "b").write_bytes(gzip.compress(lines(range(201))))
    counts, _warnings = load(settings, tmp_path)
    assert (counts["lines"], counts["duplicates"]) == (201, 0)


def test_a_cut_line_waits_for_its_rest(settings, tmp_path):
    log = tmp_path / "tracking.log"
    data = lines(range(3))
    log.write_bytes(data[:-20])
    counts, warnings = load(settings, log)
    assert (counts["lines"], counts["rejected"]) == (2, 0)
    assert f"{log} ends in the middle of a line, after line 2." in warnings
    log.write_bytes(data + b"bad\n")
    load(settings, log)
    assert numbers(settings) == [0, 1, 2]
    assert [(one["line"], one["text"]) for one in rejected_lines(settings)] == [(4, "bad")]


def test_a_last_line_without_a_newline_is_whole(settings, tmp_path):
    log = tmp_path / "tracking.log"
    log.write_bytes(lines([0]) + line(1))
    load(settings, log)
    assert numbers(settings) == [0, 1]
    log.write_bytes(lines([0, 1, 2]))
    counts, _warnings = load(settings, log)
    assert (counts["lines"], counts["rejected"]) == (1, 0)


@pytest.mark.parametrize(("pack", "stream"), [(gzip.compress, "gzip"), (zstd, "zstd")])
def test_a_cut_stream_keeps_what_was_whole(settings, tmp_path, pack, stream):
    data = b"".join(line(number, session=os.urandom(50).hex()) + b"\n" for number in range(3000))
    packed = pack(data)
    log = tmp_path / "tracking.log.packed"
    log.write_bytes(packed[: len(packed) * 3 // 4])
    counts, warnings = load(settings, log)
    assert 1000 < counts["lines"] < 3000
    assert counts["rejected"] == 0
    assert f"ends in the middle of its {stream} stream" in warnings
    log.write_bytes(packed)
    more, warnings = load(settings, log)
    assert counts["lines"] + more["lines"] == len(numbers(settings)) == 3000
    assert not warnings


def test_a_damaged_file_fails_after_what_was_whole(settings, tmp_path):
    packed = bytearray(gzip.compress(os.urandom(100_000).hex().encode() + b"\n" + lines(range(100))))
    packed[50_000] ^= 255
    (tmp_path / "a.gz").write_bytes(packed)
    (tmp_path / "b").write_bytes(lines([7]))
    with pytest.raises(CommandError, match="^1 files could not be read"):
        load(settings, tmp_path)
    assert 7 in numbers(settings)


@pytest.mark.parametrize("order", [1, -1])
def test_identical_lines_count_once(settings, tmp_path, order):
    names = []
    for name, content in {"a": [0, 1, 1, 2], "b": [2, 3, 0], "c": [9, 3, 2, 1]}.items():
        (tmp_path / name).write_bytes(lines(content))
        names.append(tmp_path / name)
    counts, _warnings = load(settings, *names[::order])
    assert numbers(settings) == [0, 1, 2, 3, 9]
    assert (counts["lines"], counts["events"], counts["duplicates"]) == (11, {"other": 5}, 6)
    (tmp_path / "d").write_bytes(b"prefix " + line(3) + b"\n" + lines([4]))
    counts, _warnings = load(settings, tmp_path / "d")
    assert (counts["events"], counts["duplicates"]) == ({"other": 1}, 1)


def test_late_events_go_to_their_day(settings, tmp_path):
    (tmp_path / "a").write_bytes(line(time="2026-03-02T00:00:00Z") + b"\n")
    load(settings, tmp_path / "a")
    (tmp_path / "b").write_bytes(line(time="2026-02-01T00:00:00Z") + b"\n" + line(time="2026-03-02T00:00:01+00:00"))
    counts, _warnings = load(settings, tmp_path / "b")
    assert (counts["first_day"], counts["last_day"]) == ("2026-02-01", "2026-03-02")
    assert [str(date) for (date,) in stored(settings, "date")] == ["2026-02-01", "2026-03-02", "2026-03-02"]


def test_rejected_lines_are_kept_once(settings, tmp_path):
    log = tmp_path / "tracking.log"
    log.write_bytes(
        lines([0]) + b"\xff broken\n" + lines([1]) + b'{"time": 7, "event_type": "a"}\n' + b"x" * 3_000_000 + b"\n"
    )
    for _ in range(2):
        load(settings, log)
    assert [(one["file"], one["line"], one["reason"]) for one in rejected_lines(settings)] == [
        (str(log), 2, "no JSON object"),
        (str(log), 4, "time is missing or not a text"),
        (str(log), 5, "longer than 1048576 bytes"),
    ]
    assert rejected_lines(settings)[0]["text"] == "\ufffd broken"


def test_small_blocks_and_batches_make_the_same_store(settings, tmp_path, monkeypatch):
    """Every limit is met: blocks, batches, pieces, tasks; and lines that are longer than all of them."""
    data = b"".join(
        line(number, time=f"2026-03-{number % 20 + 1:02}T00:00:00.{number:06}Z") + b"\n" for number in range(2000)
    )
    data += b"y" * 3_000_000 + b"\n" + data[:100_000] + b"bad\n"
    (tmp_path / "a").write_bytes(data)
    load(settings, tmp_path / "a")
    whole = stored(settings)
    assert len(whole) == 2000

    settings.EVENTS_DIR += "-2"
    for module, name, value in [
        (unpacking, "CHUNK", 7_000),
        (loading_files, "BLOCK", 50_000),
        (loading, "COMMIT", 300_000),
        (loading, "ROWS_OF_A_TASK", 10),
        (loading_rows, "LARGE", 3_000),
        (loading_parts, "MANY", 2),
    ]:
        monkeypatch.setattr(module, name, value)
    counts, _warnings = load(settings, tmp_path / "a")
    assert stored(settings) == whole
    assert (counts["lines"], counts["rejected"]) == (data.count(b"\n"), len(rejected_lines(settings)))
    assert [one["line"] for one in rejected_lines(settings)] == [2001, data.count(b"\n")]


def test_processes_make_the_same_store(settings, tmp_path, monkeypatch):
    data = b"".join(line(number, event_type=f"edx.forum.{number % 3}") + b"\n" for number in range(12_000))
    (tmp_path / "a").write_bytes(data + data[:2_000_000] + b"bad\n")
    assert len(data) > loading.SMALL
    counts, _warnings = load(settings, tmp_path / "a", jobs=2)
    assert (counts["events"], counts["rejected"]) == ({"forum": 12_000}, 1)
    assert counts["duplicates"] == counts["lines"] - 12_001
    assert [one["line"] for one in rejected_lines(settings)] == [counts["lines"]]


def test_files_of_a_day_are_compacted(settings, tmp_path, events_dir):
    log = tmp_path / "tracking.log"
    for number in range(1, 40):
        log.write_bytes(lines(range(number)))
        load(settings, log)
    assert numbers(settings) == list(range(39))
    assert len(list(events_dir.glob("kind=other/date=2026-03-01/*"))) < 10


def test_remote_files(settings, tmp_path):
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.pipe("/logs/a.gz", gzip.compress(lines([0, 1])))
    system.pipe("/logs/b/c", lines([2]))
    for _ in range(2):
        counts, _warnings = load(settings, "memory://logs")
    assert counts["files_known"] == 2
    system.pipe("/logs/b/c", lines([2, 3]))
    load(settings, "memory://logs/b/c")
    assert numbers(settings) == [0, 1, 2, 3]


def test_missing_files_stop_a_load_before_it_begins(settings, tmp_path):
    (tmp_path / "a").write_bytes(lines([0]))
    with pytest.raises(CommandError, match="cannot read .*/b: No such file"):
        load(settings, tmp_path / "a", tmp_path / "b")
    assert numbers(settings) == []


def test_counts_are_shown_as_text(settings, tmp_path, capsys):
    (tmp_path / "a").write_bytes(lines([0, 0]) + b"bad\n")
    call_command("load_events", str(tmp_path / "a"))
    assert capsys.readouterr().out.splitlines() == [
        "Files: 1 loaded, 0 without new lines, 0 failed.",
        "Lines: 3",
        "Events, other: 1",
        "Events: 1",
        "Duplicates: 1",
        "Rejected: 1",
        "Days: 2026-03-01 to 2026-03-01",
    ]
    call_command("events_status")
    text = capsys.readouterr().out
    assert "other             1  2026-03-01  2026-03-01             1       1" in text
    assert "Rejected: 1 lines, see" in text
    assert "The tables have not been computed yet: 1 days are waiting." in text


def test_status_names_the_days_that_have_changed_since_the_computation(settings, tmp_path, events_dir, capsys):
    (tmp_path / "a").write_bytes(lines([0]))
    load(settings, tmp_path / "a")
    (events_dir / "state" / "computed.json").write_text(json.dumps({"change": 1}))
    call_command("events_status")
    assert "Nothing has changed since the last computation." in capsys.readouterr().out
    (tmp_path / "b").write_bytes(lines([0]) + line(time="2026-02-01T00:00:00Z"))
    load(settings, tmp_path / "b")
    call_command("events_status", json=True)
    assert json.loads(capsys.readouterr().out)["changed_days"] == ["2026-02-01"]

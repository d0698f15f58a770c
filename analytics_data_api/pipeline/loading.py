"""Loads tracking logs into the event store.

One process reads the files, cuts them into blocks of lines, and commits. Worker processes turn blocks into rows, and the
rows of a batch into Parquet files. A batch is a file or a gibibyte of one, and is committed as a whole: what a load has
committed stays, however it ends.
"""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from analytics_data_api.pipeline.ledger import LoadedFile, Part
from analytics_data_api.pipeline.loading_files import BLOCK, Block, KnownFiles, Reading, hash_of
from analytics_data_api.pipeline.loading_parts import Partition, Settled, settle
from analytics_data_api.pipeline.loading_rows import Rows, write_rows
from analytics_data_api.pipeline.rejected import write_rejected
from analytics_data_api.pipeline.retiring.hashes import retired_version
from analytics_data_api.pipeline.sources import LogSource
from analytics_data_api.pipeline.store import EventStore
from analytics_data_api.pipeline.workers import Processes, ThisProcess

# A batch ends with the first block that brings it to so many bytes.
COMMIT = 1 << 30
# So many blocks wait for each process, so that none is idle while this one commits.
WAITING = 8
# Less than this is loaded faster than processes start.
SMALL = 4 << 20
# Partitions with few rows are given to a process together.
ROWS_OF_A_TASK = 20_000


@dataclass
class LoadSummary:
    """The counts of a load."""

    files: int = 0
    # Files of which nothing is new.
    files_known: int = 0
    # Files that could not be read to their end.
    files_failed: int = 0
    lines: int = 0
    events: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    rejected: int = 0
    first_day: str | None = None
    last_day: str | None = None


@dataclass
class Batch:
    """A file, or a part of a large one, that is committed at once."""

    file: LoadedFile
    is_pipe: bool
    folder: Path
    # The file as it stands when this batch has been committed.
    then: LoadedFile
    start: int
    blocks: list[Future[Rows]] = field(default_factory=list)
    settling: list[Future[list[Settled]]] | None = None
    # True if no block will be added.
    is_read: bool = False
    # The problem with the end of the file. None if it is whole.
    problem: str | None = None


class LogLoad:
    """A load in progress. The store has to be locked. ``warn`` is given sentences, ``progress`` numbers of bytes read."""

    def __init__(
        self,
        store: EventStore,
        workers: Processes | ThisProcess,
        warn: Callable[[str], None],
        progress: Callable[[int], None],
    ):
        self.store = store
        self.workers = workers
        self.warn = warn
        self.progress = progress
        self.known = KnownFiles(store.ledger.files())
        self.batches: deque[Batch] = deque()
        self.numbers = count()
        self.summary = LoadSummary()
        self.retired = retired_version(store.state)

    def run(self, sources: list[LogSource]) -> LoadSummary:
        for source in sources:
            try:
                reading = Reading(source, self.known)
            except OSError as error:
                self.summary.files_failed += 1
                self.warn(f"{source.name} cannot be read: {error.strerror or error}.")
                continue
            try:
                self.read(reading)
            finally:
                reading.close()
        while self.batches:
            self.wait()
        return self.summary

    def read(self, reading: Reading) -> None:
        """Hand the lines of a file to the workers, and commit what they have finished meanwhile."""
        reading.file.path = reading.source.name
        batch: Batch | None = None
        is_new = False
        shown = 0
        for block in reading.blocks(self.folder()):
            is_new = True
            batch = batch or self.begin(reading)
            batch.blocks.append(self.workers.submit(write_rows, block.path, batch.folder, self.retired))
            self.note(batch, block, reading.head)
            self.progress(reading.unpacked.position - shown)
            shown = reading.unpacked.position
            if block.offset - batch.start >= COMMIT:
                batch.is_read, batch = True, None
            while self.step() or self.is_busy():
                pass
        self.end(reading, batch)
        self.progress((reading.source.size or reading.unpacked.position) - shown)
        self.summary.files += is_new
        self.summary.files_known += not is_new
        while self.step():
            pass

    def begin(self, reading: Reading) -> Batch:
        file = reading.file
        batch = Batch(file, reading.source.size is None, self.folder(), replace(file), start=file.offset)
        self.batches.append(batch)
        return batch

    def folder(self) -> Path:
        folder = self.store.staging / f"{os.getpid()}-{next(self.numbers)}"
        folder.mkdir(parents=True)
        return folder

    def note(self, batch: Batch, block: Block, head: bytes) -> None:
        """Note how far a file has been read, so that another copy of it in the same load is recognized."""
        file = batch.file
        file.offset, file.tail, file.ends_open = block.offset, block.tail, block.ends_open
        head = head[: block.offset]
        if len(head) > file.head_length and not batch.is_pipe:
            self.known.set_head(file, head)
        file.head_length, file.head = len(head), hash_of(head)
        batch.then = replace(file)

    def end(self, reading: Reading, batch: Batch | None) -> None:
        """Close the last batch of a file. One without blocks notes that a packed copy has been read to its end."""
        file, unpacked = reading.file, reading.unpacked
        if unpacked.has_failed:
            self.summary.files_failed += 1
        size = reading.source.size
        is_whole = unpacked.is_packed and not unpacked.problem and file.offset > 0
        if size is not None and is_whole and size not in file.packed_sizes:
            file.packed_sizes.add(size)
            batch = batch or self.begin(reading)
        if reading.problem:
            batch = batch or self.begin(reading)
            batch.problem = reading.problem
        if batch:
            batch.then = replace(file)
            batch.is_read = True

    def is_busy(self) -> bool:
        """Wait until some work is done and return true, if the workers have enough to do for now."""
        pending = [future for batch in self.batches for future in batch.blocks if not future.done()]
        if len(pending) < WAITING * self.workers.jobs:
            return False
        wait(pending, return_when=FIRST_COMPLETED)
        return True

    def wait(self) -> None:
        """Go on with the oldest batch when its work is done."""
        while not self.step():
            batch = self.batches[0]
            wait([future for future in [*batch.blocks, *(batch.settling or ())] if not future.done()])

    def step(self) -> bool:
        """Go on with the oldest batch if its work is done. Return False if it is not, or if none is left."""
        batch = self.batches[0] if self.batches else None
        if batch is None or not batch.is_read:
            return False
        if batch.settling is None:
            if not all(future.done() for future in batch.blocks):
                return False
            batch.settling = [
                self.workers.submit(settle, partitions, batch.folder, self.store.path)
                for partitions in self.tasks([future.result() for future in batch.blocks])
            ]
        if not all(future.done() for future in batch.settling):
            return False
        self.commit(batch, [settled for future in batch.settling for settled in future.result()])
        self.batches.popleft()
        return True

    def tasks(self, blocks: list[Rows]) -> Iterator[list[Partition]]:
        """Yield the partitions of a batch, large ones first and small ones together."""
        partitions: dict[tuple[str, str], Partition] = {}
        for block in blocks:
            for key, rows in block.rows.items():
                partition = partitions.setdefault(key, Partition(*key))
                partition.rows += rows
                partition.texts.add(block.texts[key])
                partition.pieces |= [block.pieces[key]] if key in block.pieces else []
        task: list[Partition] = []
        for partition in sorted(partitions.values(), key=lambda partition: -partition.rows):
            # Text files that have become pieces are gone.
            partition.texts = {text for text in partition.texts if os.path.exists(text)}
            partition.stored = self.store.ledger.parts(partition.kind, partition.day)
            task.append(partition)
            if sum(partition.rows for partition in task) >= ROWS_OF_A_TASK:
                yield task
                task = []
        if task:
            yield task

    def commit(self, batch: Batch, settled: list[Settled]) -> None:
        ledger, file, then = self.store.ledger, batch.file, batch.then
        blocks = [future.result() for future in batch.blocks]
        number = ledger.last_change() + 1
        plan: list[tuple[Path, str | None]] = []
        added: list[Part] = []
        for part in (part for one in settled for part in one.added):
            target = f"kind={part.kind}/date={part.day}/{number:08d}-{len(added)}.parquet"
            plan.append((Path(part.path), target))
            added.append(replace(part, path=target))
        removed = [part for one in settled for part in one.removed]
        plan += [(self.store.path / part.path, None) for part in removed]
        rejected = sum(block.rejected for block in blocks)
        # Reading the same lines again replaces their file. A pipe is read again with more lines at its end.
        end = "pipe" if batch.is_pipe else then.tail.hex()[:8]
        rejected_name = f"rejected/{then.head.hex()[:16]}-{batch.start:015d}-{end}.jsonl"
        if rejected:
            plan.append((self.write_rejected(batch, blocks), rejected_name))
        for path, goal in plan:
            if goal:
                sync(path)
        then.id, then.lines = file.id, file.lines + sum(block.lines for block in blocks)

        with ledger.transaction():
            ledger.record_plan((str(source.relative_to(self.store.path)), target) for source, target in plan)
            ledger.record_parts(added, removed)
            ledger.record_change({part.day for part in added}, number)
            if rejected:
                ledger.record_rejected(rejected_name, rejected)
            if then.offset and not batch.is_pipe:
                file.id = ledger.record_file(then)
        self.store.apply_plan()
        shutil.rmtree(batch.folder, ignore_errors=True)
        file.lines = then.lines
        self.summarize(batch, blocks, settled)

    def write_rejected(self, batch: Batch, blocks: list[Rows]) -> Path:
        path = batch.folder / "rejected.jsonl"
        lines = batch.file.lines
        rejected = []
        for block in blocks:
            if block.rejected_file:
                rejected.append((lines, block.rejected_file))
            lines += block.lines
        write_rejected(path, batch.then.path, rejected)
        return path

    def summarize(self, batch: Batch, blocks: list[Rows], settled: list[Settled]) -> None:
        summary = self.summary
        summary.lines += sum(block.lines for block in blocks)
        summary.rejected += sum(block.rejected for block in blocks)
        for one in settled:
            summary.events[one.kind] = summary.events.get(one.kind, 0) + one.rows
            summary.duplicates += one.duplicates
        days = sorted({day for block in blocks for _kind, day in block.rows})
        if days:
            summary.first_day = min(summary.first_day or days[0], days[0])
            summary.last_day = max(summary.last_day or days[-1], days[-1])
        if batch.problem:
            self.warn(
                f"{batch.then.path} {batch.problem}, after line {batch.file.lines}. What was whole has been loaded; the "
                "next load of the file reads on from there."
            )


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def load_logs(
    store: EventStore, sources: list[LogSource], jobs: int, warn: Callable[[str], None], progress: Callable[[int], None]
) -> LoadSummary:
    """Load files with some processes, and return the counts. Raise StoreError if the store is in use."""
    size = sum(source.size or BLOCK for source in sources)
    with store.lock():
        workers = ThisProcess() if jobs == 1 or size < SMALL else Processes(jobs)
        try:
            return LogLoad(store, workers, warn, progress).run(sources)
        finally:
            workers.shutdown()
            # An interruption may have come between a commit and the moves that it plans.
            store.recover()

"""Recognizes files that have been loaded before, by their content and not by their names, and cuts files into blocks."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from analytics_data_api.pipeline.events import LineRejected, read_line
from analytics_data_api.pipeline.ledger import LoadedFile
from analytics_data_api.pipeline.loading_rows import LONGEST_LINE
from analytics_data_api.pipeline.sources import LogSource
from analytics_data_api.pipeline.unpacking import Unpacked

# A file is known by the hash of so many bytes at its beginning, or of all that was loaded of a smaller one.
HEAD = 64 << 10
# So many bytes before the end of what was loaded tell files apart that begin alike.
TAIL = 4 << 10
BLOCK = 4 << 20


class KnownFiles:
    """Files by their heads: those that the ledger knows, and those that the running load has read."""

    def __init__(self, files: Iterator[LoadedFile]):
        self.by_head: dict[tuple[int, bytes], list[LoadedFile]] = {}
        self.lengths: dict[int, int] = {}
        for file in files:
            self.add(file)

    def add(self, file: LoadedFile) -> None:
        self.by_head.setdefault((file.head_length, file.head), []).append(file)
        self.lengths[file.head_length] = self.lengths.get(file.head_length, 0) + 1

    def find(self, head: bytes) -> list[LoadedFile]:
        """Return the files that begin as these bytes do, first the one of which the most is known."""
        found: list[LoadedFile] = []
        digest, hashed = sha256(), 0
        for length in sorted(length for length in self.lengths if length <= len(head)):
            digest.update(head[hashed:length])
            hashed = length
            found += self.by_head.get((length, digest.digest()), [])
        return sorted(found, key=lambda file: (file.head_length, file.offset), reverse=True)

    def set_head(self, file: LoadedFile, head: bytes) -> None:
        """Note the head that a file has since more of it was read."""
        if file.head_length:
            self.by_head[file.head_length, file.head].remove(file)
            self.lengths[file.head_length] -= 1
            if not self.lengths[file.head_length]:
                del self.lengths[file.head_length]
        file.head_length, file.head = len(head), hash_of(head)
        self.add(file)


@dataclass
class Block:
    """Whole lines of a file, and how far the file has been read with them."""

    path: Path
    offset: int
    # The hash of the bytes before the offset.
    tail: bytes
    ends_open: bool


class Reading:
    """A file that is read on from where it was loaded last.

    ``problem`` says, when all blocks have been read, what is wrong with the end of the file.
    """

    def __init__(self, source: LogSource, known: KnownFiles):
        self.source = source
        self.problem: str | None = None
        self.file = LoadedFile(path=source.name)
        self.open()
        # A pipe cannot be read again, so what it brings is compared line by line alone.
        if source.size is not None:
            self.find(known.find(self.head))

    def open(self) -> None:
        self.unpacked = Unpacked(self.source.open())
        self.chunks: Iterator[bytes] = iter(self.unpacked)
        self.offset = 0
        # The last bytes before the offset.
        self.tail = b""
        start: list[bytes] = []
        for chunk in self.chunks:
            start.append(chunk)
            if sum(map(len, start)) >= HEAD:
                break
        self.chunks = chain(start, self.chunks)
        self.head = b"".join(start)[:HEAD]

    def close(self) -> None:
        self.unpacked.file.close()

    def find(self, candidates: list[LoadedFile]) -> None:
        """Continue where one of the files with the same head ends, if this is that file."""
        for file in candidates:
            if self.unpacked.is_packed and self.source.size in file.packed_sizes:
                self.file, self.chunks = file, iter(())
                return
            if self.unpacked.is_packed:
                self.unpack_to(file.offset)
            else:
                self.seek_to(file.offset)
            # A file that is shorter than what was loaded of it has nothing new.
            if self.offset < file.offset or hash_of(self.tail) == file.tail:
                self.file = file
                return
            self.close()
            self.open()

    def seek_to(self, offset: int) -> None:
        start = max(0, offset - TAIL)
        self.unpacked.file.seek(start)
        self.tail = self.unpacked.file.read(offset - start)
        self.offset = start + len(self.tail)
        self.unpacked.skip(self.offset)
        self.chunks = iter(self.unpacked)

    def unpack_to(self, offset: int) -> None:
        for chunk in self.chunks:
            passed = chunk[: offset - self.offset]
            self.count(len(passed), passed)
            if len(passed) < len(chunk):
                self.chunks = chain((chunk[len(passed) :],), self.chunks)
                return

    def count(self, length: int, tail: bytes) -> None:
        self.offset += length
        self.tail = last(self.tail, tail)

    def blocks(self, folder: Path) -> Iterator[Block]:
        """Write the lines that have not been loaded to files in a folder, some mebibytes each, and yield these."""
        chunks = self.chunks
        if self.file.ends_open:
            first = next(chunks, b"")
            # The newline of a line that was loaded without it.
            newline = first[:1] if first.startswith(b"\n") else b""
            self.count(len(newline), newline)
            chunks = chain((first[len(newline) :],), chunks)
        rest = Rest()
        for number in count():
            path = folder / f"{number}.lines"
            ends_open = False
            with open(path, "wb", buffering=0) as file:
                while file.tell() < BLOCK and (chunk := next(chunks, None)) is not None:
                    end = chunk.rfind(b"\n") + 1
                    if end:
                        file.write(rest.kept)
                        file.write(memoryview(chunk)[:end])
                        self.count(rest.length, rest.tail)
                        self.count(end, chunk[max(0, end - TAIL) : end])
                        rest = Rest()
                    rest.add(chunk[end:])
                is_last = file.tell() < BLOCK
                if is_last and rest.is_event():
                    ends_open = True
                    file.write(rest.kept + b"\n")
                    self.count(rest.length, rest.tail)
                    rest = Rest()
                is_empty = not file.tell()
            if is_empty:
                path.unlink()
            else:
                yield Block(path, self.offset, hash_of(self.tail), ends_open)
            if is_last:
                break
        self.problem = self.unpacked.problem
        if rest.length and not self.problem:
            self.problem = "ends in the middle of a line"


class Rest:
    """The beginning of a line, of which no more is kept than tells that the line is too long."""

    def __init__(self) -> None:
        self.kept = b""
        self.length = 0
        self.tail = b""

    def add(self, data: bytes) -> None:
        self.kept += data[: LONGEST_LINE + 1 - len(self.kept)]
        self.length += len(data)
        self.tail = last(self.tail, data)

    def is_event(self) -> bool:
        """Return true if this is a whole line that merely lacks its newline."""
        try:
            return 0 < self.length <= LONGEST_LINE and bool(read_line(self.kept))
        except LineRejected:
            return False


def last(before: bytes, data: bytes) -> bytes:
    """Return the last bytes of two pieces that follow one another."""
    return data[-TAIL:] if len(data) >= TAIL else (before + data)[-TAIL:]


def hash_of(data: bytes) -> bytes:
    return sha256(data).digest()

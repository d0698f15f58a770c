"""Reads files that are plain or packed with gzip or zstd, of which the end may be missing."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

CHUNK = 1 << 20
# Zstd unpacks as much as it is given, and at most some ten thousand times as much.
ZSTD_CHUNK = 16 << 10
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class Unpacked:
    """The unpacked content of a file. Iterating yields chunks of at most about a mebibyte."""

    def __init__(self, file: BinaryIO):
        self.file = file
        # Bytes read from the file, for the progress bar.
        self.position = 0
        # The problem with the file, known when all chunks have been read. None if it is whole.
        self.problem: str | None = None
        # True if the file is not merely cut off, but damaged or out of reach.
        self.has_failed = False
        self.start = self.read(CHUNK)
        self.is_packed = self.start.startswith((GZIP_MAGIC, ZSTD_MAGIC))

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.position += len(data)
        return data

    def skip(self, offset: int) -> None:
        """Continue a plain file at an offset. The file has to be seekable."""
        self.file.seek(offset)
        self.position = offset
        self.start = self.read(CHUNK)

    def __iter__(self) -> Iterator[bytes]:
        if self.start.startswith(GZIP_MAGIC):
            chunks = self.gunzip()
        elif self.start.startswith(ZSTD_MAGIC):
            chunks = self.unzstd()
        else:
            chunks = self.packed_chunks(CHUNK)
        try:
            yield from chunks
        except (OSError, zlib.error, zstandard.ZstdError) as error:
            self.problem = f"cannot be read further ({error})"
            self.has_failed = True

    def packed_chunks(self, size: int) -> Iterator[bytes]:
        start, self.start = self.start, b""
        for index in range(0, len(start), size):
            yield start[index : index + size]
        while data := self.read(size):
            yield data

    def gunzip(self) -> Iterator[bytes]:
        stream = None
        for data in self.packed_chunks(CHUNK // 4):
            while data:
                if stream is None:
                    # Tape drives and some copies fill the last block up with zeros.
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    stream = zlib.decompressobj(wbits=31)
                if chunk := stream.decompress(data, CHUNK):
                    yield chunk
                data = stream.unused_data if stream.eof else stream.unconsumed_tail
                if stream.eof:
                    stream = None
        while stream is not None and (chunk := stream.decompress(stream.unconsumed_tail, CHUNK)):
            yield chunk
        if stream is not None:
            self.problem = "ends in the middle of its gzip stream"

    def unzstd(self) -> Iterator[bytes]:
        stream = None
        for data in self.packed_chunks(ZSTD_CHUNK):
            while data:
                stream = stream or zstandard.ZstdDecompressor().decompressobj()
                if chunk := stream.decompress(data):
                    yield chunk
                data = stream.unused_data
                if stream.eof:
                    stream = None
        if stream is not None:
            self.problem = "ends in the middle of its zstd stream"

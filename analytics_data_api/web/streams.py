"""Large responses, which are streamed. Only some threads of a process may send one at a time."""

import weakref
from collections.abc import Generator, Iterator

from analytics_data_api.auth.throttling import Slots
from analytics_data_api.errors import TooManyStreams

slots = Slots()


class SlottedStream:
    """The chunks of a whole data set or of a large part of a roster."""

    def __init__(self, chunks: Generator[bytes, None, None]) -> None:
        if not slots.take():
            raise TooManyStreams()
        self.chunks = chunks
        # A response that is never sent is not closed either, but its slot becomes free.
        self.free = weakref.finalize(self, slots.free)

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks

    def close(self) -> None:
        self.chunks.close()
        self.free()

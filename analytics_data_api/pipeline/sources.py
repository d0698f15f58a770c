"""The files that a load is asked to read: local ones, folders, standard input, and remote ones through fsspec."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from analytics_data_api.pipeline.store import StoreError

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class LogSource:
    """A file to read. ``size`` is None if it is not known beforehand."""

    name: str
    size: int | None
    open: Callable[[], BinaryIO]


def find_sources(paths: list[str], store: Path) -> list[LogSource]:
    """Return the files that paths stand for, each once. Raise StoreError if one is missing."""
    sources: dict[str, LogSource] = {}
    for path in paths:
        for source in sources_of(path, store):
            sources.setdefault(source.name, source)
    return list(sources.values())


def sources_of(path: str, store: Path) -> Iterator[LogSource]:
    if path == STANDARD_INPUT:
        yield LogSource(STANDARD_INPUT, None, lambda: sys.stdin.buffer)
    elif "://" in path:
        yield from remote_sources(path)
    elif os.path.isdir(path):
        yield from folder_sources(Path(path), store)
    else:
        try:
            status = os.stat(path)
        except OSError as error:
            raise StoreError(f"cannot read {path}: {error.strerror}") from error
        yield local_source(path, status)


def local_source(path: str, status: os.stat_result) -> LogSource:
    # A pipe has no size and can be opened once.
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    return LogSource(path, size, lambda: open(path, "rb"))


def folder_sources(folder: Path, store: Path) -> Iterator[LogSource]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and (here / name).resolve() != store)
        for name in sorted(names):
            path = here / name
            if not name.startswith(".") and path.is_file():
                yield local_source(str(path), path.stat())


def remote_sources(url: str) -> Iterator[LogSource]:
    try:
        import fsspec
    except ImportError as error:
        raise StoreError(f"cannot read {url}: remote paths need pip install -r requirements/remote.txt") from error
    try:
        system, path = fsspec.core.url_to_fs(url)
        # An earlier load of this process may have listed files that have grown since.
        system.invalidate_cache()
        names = sorted(system.find(path)) if system.isdir(path) else [path]
        for name in names:
            yield remote_source(system, name)
    except Exception as error:  # each service has errors of its own
        raise StoreError(f"cannot read {url}: {error}") from error


def remote_source(system: Any, name: str) -> LogSource:
    def open_remote() -> BinaryIO:
        try:
            return system.open(name, "rb")
        except Exception as error:  # each service has errors of its own
            raise OSError(str(error)) from error

    return LogSource(system.unstrip_protocol(name), system.info(name)["size"], open_remote)

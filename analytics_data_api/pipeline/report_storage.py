"""Replaces files of the reports' storage as a whole, and at once where the kind of storage allows it."""

import os
from pathlib import Path

from django.conf import DEFAULT_STORAGE_ALIAS
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from analytics_data_api.pipeline.store import StoreError

# The new file stands beside the old one until it is whole. No report has such a name, so that nothing serves it.
BESIDE = ".new"


def reports_storage() -> Storage:
    return storages[DEFAULT_STORAGE_ALIAS]


def replace_report(name: str, content: Path) -> None:
    """Put a file into the storage in the place of the one that has the name. Raise StoreError if the storage fails."""
    try:
        replace_in(reports_storage(), name, content)
    except Exception as error:  # a storage of any kind may raise any exception
        raise StoreError(f"the storage of reports does not take {name}: {error}") from error


def replace_in(storage: Storage, name: str, content: Path) -> None:
    if isinstance(storage, FileSystemStorage):
        beside = name + BESIDE
        storage.delete(beside)
        save_as(storage, beside, content)
        with open(storage.path(beside), "rb") as file:
            os.fsync(file.fileno())
        os.replace(storage.path(beside), storage.path(name))
    elif storage.get_available_name(name) == name:
        # The file is new, or the storage overwrites: S3 then shows the old object until the new one is whole.
        save_as(storage, name, content)
    else:
        # The storage never overwrites. The file is missing for a moment, but never in part.
        storage.delete(name)
        save_as(storage, name, content)


def save_as(storage: Storage, name: str, content: Path) -> None:
    with content.open("rb") as file:
        storage.save(name, File(file, name=name))

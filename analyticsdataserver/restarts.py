"""Stop and reload a server without a lost request."""

import ctypes
import os
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import empty
from django.utils.log import configure_logging

from analyticsdataserver.env import configured

# Linux's option, which Python does not name.
SO_ATTACH_FILTER = 26
# The kernel's filter in its assembler: load the flags of the segment, keep SYN and ACK, and drop a SYN alone.
FLAGS, SYN, SYN_AND_ACK, WHOLE = 13, 0x02, 0x12, 0xFFFFFFFF
DROP_NEW_CONNECTIONS = (
    (0x30, 0, 0, FLAGS),
    (0x54, 0, 0, SYN_AND_ACK),
    (0x15, 0, 1, SYN),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, WHOLE),
)


def close_without_resets(server: Any, listener: Any) -> None:
    """Close gunicorn's listening socket, and let no client begin a connection that nobody accepts.

    The last process that closes a listening socket resets the connections that wait in it. From now on the kernel ignores
    new ones, while the worker processes accept those that wait. A client that tries again finds the port closed, which is
    safe to retry on another server.
    """
    # systemd, or the other one of two servers during an upgrade by SIGUSR2, goes on listening on the same socket.
    is_shared = server.systemd or server.reexec_pid or server.master_pid
    if sys.platform == "linux" and not is_shared and listener.sock.family in (socket.AF_INET, socket.AF_INET6):
        steps = b"".join(struct.pack("HBBI", *step) for step in DROP_NEW_CONNECTIONS)
        memory = ctypes.create_string_buffer(steps)
        program = struct.pack("HP", len(DROP_NEW_CONNECTIONS), ctypes.addressof(memory))
        # A sandbox may forbid filters. The server then stops as others do, and resets the connections that wait.
        with suppress(OSError):
            listener.sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    listener.sock.close()


def read_settings() -> None:
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)


def read_settings_again(log: Any) -> None:
    """Read the settings anew, for the processes that replace the current ones. If they are invalid, the old ones stay."""
    modules = {name: module for name, module in sys.modules.items() if is_of_settings(name)}
    values, wrapped = dict(configured), settings._wrapped
    for name in modules:
        del sys.modules[name]
    configured.clear()
    settings._wrapped = empty
    try:
        read_settings()
    except ImproperlyConfigured as error:
        log.error("the new settings are invalid, so the old ones stay: %s", error)
        sys.modules.update(modules)
        configured.update(values)
        settings._wrapped = wrapped
        read_settings()


def is_of_settings(module: str) -> bool:
    return module.startswith("analyticsdataserver.settings") or module == os.environ["DJANGO_SETTINGS_MODULE"]

"""Let a command that a signal stops clean up as it does after Ctrl-C."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# From the service manager, and from a terminal that closes.
SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt for the first of these signals while the block runs, and ignore those that follow."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    # nohup has the command ignore SIGHUP. Only the main thread can change how signals are handled.
    changed = [number for number in SIGNALS if before[number] != signal.SIG_IGN]
    if threading.current_thread() is not threading.main_thread():
        changed = []

    def interrupt(_number: int, _frame: object) -> None:
        for number in changed:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        for number in changed:
            signal.signal(number, interrupt)
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])

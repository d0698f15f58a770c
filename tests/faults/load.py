"""Clients that ask at the same time, and what came of it."""

import gzip
import random
import threading
import time
from collections.abc import Callable, Iterable

from tests.faults.requests import REQUESTS, Answer, Client, Outcome, Result

# Seconds between two requests of a client.
REST, RETRY_AFTER = 0.15, 0.1


def decoded(answer: Answer) -> bytes:
    return gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body


class Load:
    """Clients that ask one request after another, each in an order of its own, until they are told to stop."""

    def __init__(self, port: int, clients: int, most: float) -> None:
        self.port = port
        self.clients = clients
        # Seconds within which a 503 has to come.
        self.most = most
        self.results: list[Result] = []
        self.ending = threading.Event()
        self.threads: list[threading.Thread] = []
        self.right = {name: self.judge_of(name) for name in REQUESTS}

    def judge_of(self, name: str) -> Callable[[Answer], bool]:
        """What tells whether an answer is the right one: that it is the same as now, when the databases are well."""
        client = Client(self.port)
        bodies = {decoded(client.get(REQUESTS[name])) for _time in range(2)}
        answer = client.get(REQUESTS[name])
        client.close()
        if answer.status != 200 or len(bodies) != 1:
            raise SystemExit(f"error: {name} answers {answer.status} {answer.body[:200]!r} while all is well")
        (body,) = bodies
        return lambda answer: decoded(answer) == body

    def start(self) -> None:
        self.threads = [
            threading.Thread(target=self.ask, args=(number,), name=f"client {number}") for number in range(self.clients)
        ]
        for thread in self.threads:
            thread.start()

    def ask(self, number: int) -> None:
        client = Client(self.port)
        names = list(REQUESTS)
        order = random.Random(number)
        while not self.ending.is_set():
            name = order.choice(names)
            result = client.ask(name, REQUESTS[name], self.right[name], self.most)
            self.results.append(result)
            # As a client does that is told to come again, only sooner.
            time.sleep(REST if result.outcome is Outcome.RIGHT else RETRY_AFTER)
        client.close()

    def stop(self) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()


def of_outcome(results: Iterable[Result], *outcomes: Outcome) -> list[Result]:
    return [result for result in results if result.outcome in outcomes]

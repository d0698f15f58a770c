"""What is done to the databases, one after another, with a rest between."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.mariadb import MariaDB

# A freeze has to last longer than a statement and its second may take.
SHORTEST_FREEZE = 3.5


@dataclass(frozen=True)
class Fault:
    name: str
    databases: tuple[MariaDB, ...]
    begin: Callable[[MariaDB], None]
    # Starts the database again; it need not answer yet.
    end: Callable[[MariaDB], None]
    is_freeze: bool = False


def faults(users: MariaDB, figures: MariaDB, *, is_short: bool) -> list[Fault]:
    def stopped(name: str, *databases: MariaDB) -> Fault:
        return Fault(f"{name} stopped", databases, MariaDB.stop, MariaDB.launch)

    def frozen(name: str, *databases: MariaDB) -> Fault:
        return Fault(f"{name} frozen", databases, MariaDB.freeze, MariaDB.thaw, is_freeze=True)

    def killed(name: str, *databases: MariaDB) -> Fault:
        return Fault(f"{name} killed", databases, MariaDB.kill, MariaDB.launch)

    if is_short:
        return [frozen("figures", figures), stopped("users", users), killed("both", users, figures)]
    return [
        stopped("figures", figures),
        frozen("figures", figures),
        killed("figures", figures),
        frozen("users", users),
        stopped("users", users),
        frozen("both", users, figures),
        killed("both", users, figures),
    ]

"""Lets the write transactions of one process on one SQLite file queue up.

SQLite's own waiting sleeps longer and longer between tries, so that under load an unlucky writer may never have
its turn; a lock of the process hands the turn over at once. Other processes still meet SQLite's lock.
"""

import threading

from sqlalchemy import Connection, Engine, event

from fieldsvc.core.errors import Unavailable

LONGEST_WAIT_SECONDS = 30
_TURN = "write_turn"


def install(engine: Engine) -> None:
    """Begin every transaction of `engine` as its `sqlite_begin` option says: those that may write wait their turn."""
    lock = threading.Lock()

    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        if mode == "IMMEDIATE":
            if not lock.acquire(timeout=LONGEST_WAIT_SECONDS):
                raise Unavailable
            connection.info[_TURN] = True
        try:
            connection.exec_driver_sql(f"BEGIN {mode}")
        except BaseException:
            give_back(connection)
            raise

    def give_back(connection: Connection) -> None:
        if connection.info.pop(_TURN, False):
            lock.release()

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", give_back)
    event.listen(engine, "rollback", give_back)

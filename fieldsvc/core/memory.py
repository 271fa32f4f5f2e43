"""What a process keeps for as long as it lives is not looked through for garbage."""

import gc


def settle() -> None:
    """Leave all that is alive out of the garbage collector's rounds; for a process that has started.

    Modules, tables and compiled code are hundreds of thousands of objects that never become garbage. A full round over
    them holds up every thread for a fifth of a second, in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()

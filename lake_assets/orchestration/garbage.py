"""What a process that has loaded the lake no longer looks through for garbage."""

import atexit
import gc


def keep_what_is_loaded() -> None:
    """Leave what is loaded out of every later collection, until the process ends.

    Modules, classes and definitions are 270,000 objects that live as long as the process, and the
    collector goes through all of them whenever a quarter as many have come: 0.2 s each time. At
    the exit they are given back, since DuckDB's bindings complain on stderr of what is not freed.
    """
    gc.freeze()
    atexit.register(gc.unfreeze)

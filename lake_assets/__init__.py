"""Market data from vendor files to point-in-time features, one session a partition."""

import ctypes
import os

# What polars frees, it keeps, unless it is told before it is loaded to give it back: after 0.1 s.
os.environ.setdefault(
    "_RJEM_MALLOC_CONF", "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0"
)

_ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)
_ARENAS = 2

# The threads of each session would leave pieces in arenas of their own, of no use to the next ones.
# glibc must be told before there are threads.
if "MALLOC_ARENA_MAX" not in os.environ and hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)

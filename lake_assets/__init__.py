"""Market data from vendor files to point-in-time features, one session a partition."""

import os

# What polars frees, it keeps, unless it is told before it is loaded to give it back: after 0.1 s.
os.environ.setdefault(
    "_RJEM_MALLOC_CONF", "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0"
)

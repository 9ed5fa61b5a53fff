"""How every kernel compiles, decided once."""

from pathlib import Path
from typing import Any, Final

from numba import __version__ as numba_version
from numba import config as numba_config
from numba import njit

_config: Any = numba_config  # its attributes are made at run time

# The cache key knows neither NUMBA_BOUNDSCHECK nor the numba release: with one folder for all
# modes, checked code leaks into plain runs and back. So each mode has a folder of its own.
# NUMBA_CACHE_DIR still wins, and is then the caller's to keep apart.
if not _config.CACHE_DIR:
    _MODE: Final = "checked" if _config.BOUNDSCHECK else "plain"
    _config.CACHE_DIR = str(
        Path.home() / ".cache" / "lake_assets" / f"numba-{numba_version}-{_MODE}"
    )

# fastmath is off: it lets the compiler assume there is no NaN, and here NaN can be data.
kernel: Final[Any] = njit(nogil=True, cache=True)

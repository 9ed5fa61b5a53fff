"""How every kernel compiles, decided once."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import __version__ as numba_version
from numba import config as numba_config
from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def _cache_folder(*, checked: bool) -> Path:
    """Where compiled kernels of this very code and mode are kept.

    Numba's own key is a kernel's file and its time: it sees neither NUMBA_BOUNDSCHECK nor an edit
    of another file whose kernel or constant was compiled in. So each mode, numba release and
    state of the sources has a folder of its own.
    """
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), here.parent / "market" / "price.py"]
    state = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    mode = "checked" if checked else "plain"
    return Path.home() / ".cache" / "lake_assets" / f"numba-{numba_version}-{mode}-{state}"


_config: Any = numba_config  # its attributes are made at run time
if not _config.CACHE_DIR:  # NUMBA_CACHE_DIR wins, and is then the caller's to keep apart
    _config.CACHE_DIR = str(_cache_folder(checked=bool(_config.BOUNDSCHECK)))


def kernel(function: F) -> F:
    """Compile a function over arrays; it runs without the interpreter's lock.

    fastmath is off: it lets the compiler assume there is no NaN, and here NaN can be data.
    """
    return cast("F", njit(nogil=True, cache=True)(function))

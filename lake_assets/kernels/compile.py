"""How every kernel compiles, decided once."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from functools import cache, cached_property, update_wrapper
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function over arrays; it runs without the interpreter's lock.

    Numba is imported when a kernel is first called: who only looks at the lake does not wait for
    it. fastmath is off: it lets the compiler assume there is no NaN, and here NaN can be data.
    """
    return cast("F", Kernel(function))


class Kernel:
    """A function that is compiled, or loaded as another process compiled it, when it is called."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function
        update_wrapper(self, function)

    def __call__(self, *arrays: object, **named: object) -> object:
        """Run it."""
        return self.compiled(*arrays, **named)

    @cached_property
    def compiled(self) -> Any:  # noqa: ANN401 - numba has no type for what it makes
        """What numba makes of the function; itself under NUMBA_DISABLE_JIT."""
        from numba import njit  # noqa: PLC0415 - it takes half a second

        folder = _cache_folder()
        made: Any = njit(nogil=True, cache=True)(self.function)
        if made is not self.function:
            made.compile = _one_process_at_a_time(made.compile, folder / "compile.lock")
        return made

    @property
    def _numba_type_(self) -> object:
        """What numba asks of a name in a kernel that calls this one."""
        return self.compiled._numba_type_


@cache
def load_ahead() -> None:
    """Begin to load numba, once a process, while the caller reads what its kernels will walk.

    It takes most of a second: the reader of a file lets another thread have it.
    """
    Thread(target=_nothing, name="numba").start()


@kernel
def _nothing() -> None:
    """Load what every kernel needs, to do nothing."""


def _cache_folder() -> Path:
    """Where compiled kernels of this very code and mode are kept.

    Numba's own key is a kernel's file and its time: it sees neither NUMBA_BOUNDSCHECK nor an edit
    of another file whose kernel or constant was compiled in. So each mode, numba release and
    state of the sources has a folder of its own.
    """
    from numba import __version__, config  # noqa: PLC0415 - it takes half a second

    settings: Any = config  # its attributes are made at run time
    if not settings.CACHE_DIR:  # NUMBA_CACHE_DIR wins, and is then the caller's to keep apart
        here = Path(__file__).parent
        sources = [*sorted(here.glob("*.py")), here.parent / "market" / "price.py"]
        state = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
        mode = "checked" if settings.BOUNDSCHECK else "plain"
        name = f"numba-{__version__}-{mode}-{state}"
        settings.CACHE_DIR = str(Path.home() / ".cache" / "lake_assets" / name)
    return Path(settings.CACHE_DIR)


def _one_process_at_a_time(
    compile_kernel: Callable[[object], object], lock: Path
) -> Callable[[object], object]:
    """Look into the cache, compile and keep the result, all under a lock of the cache.

    Numba keeps two signatures that two processes compile at once under one name, and would later
    run the one for the other. Under the lock the second process finds what the first one made.
    """

    def compile_alone(signature: object) -> object:
        with _alone(lock):
            return compile_kernel(signature)

    return compile_alone


_depth = 0  # a kernel's callees are compiled while it is


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    from numba.core.compiler_lock import global_compiler_lock  # noqa: PLC0415 - as above

    global _depth  # noqa: PLW0603 - of the process, as the lock is
    with global_compiler_lock:  # threads first: one of them cannot wait for the file of another
        if _depth:
            yield
            return
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        _depth += 1
        try:
            flock(descriptor, LOCK_EX)
            yield
        finally:
            _depth -= 1
            os.close(descriptor)  # and with it the lock

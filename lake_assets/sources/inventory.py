"""Every raw file there is: the usable ones described, the unusable ones with their faults."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lake_assets.errors import RawInputError
from lake_assets.market.option_vocabulary import BookSource
from lake_assets.market.sessions import Interval
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.sources import scan_cache
from lake_assets.sources.batch_support import check_against_manifest
from lake_assets.sources.classify import CSV_DATASET, CSV_SCHEMA, UnusableFileError, classify
from lake_assets.sources.raw_file import FileKind, RawFile
from lake_assets.sources.scan_cache import Identity, Remembered

QUOTES: Final = "option_quotes"
SALES: Final = "option_sales"
_BY_DBN: Final = [u.name for u in UNDERLYINGS.values() if u.source is BookSource.DBN]
# Schemas that can make a Bronze dataset, or one of the two halves of a book, the best first.
MAKERS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "es_trades": (("GLBX.MDP3", "trades"), ("GLBX.MDP3", "mbp-10"), ("GLBX.MDP3", "mbo")),
    "es_mbp10": (("GLBX.MDP3", "mbp-10"), ("GLBX.MDP3", "mbo")),
    "spy_options": (
        ("OPRA.PILLAR", "tcbbo"),
        ("OPRA.PILLAR", "trades"),
        (CSV_DATASET, CSV_SCHEMA),
    ),
    **{f"{QUOTES}_{name}": (("OPRA.PILLAR", "cbbo-1s"),) for name in _BY_DBN},
    **{f"{SALES}_{name}": (("OPRA.PILLAR", "tcbbo"),) for name in _BY_DBN},
}
_ROOTS: Final = {
    "es_trades": "ES",
    "es_mbp10": "ES",
    "spy_options": "SPY",
    **{f"{half}_{name}": name for half in (QUOTES, SALES) for name in _BY_DBN},
}
_EVERYTHING: Final = "ALL_SYMBOLS"
# Folders of other readers.
_OTHER_FOLDERS: Final = frozenset({"option_chains", "macro", "gpr"})


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that cannot be used, with its description where its head could be read."""

    fault: RawInputError
    file: RawFile | None


@dataclass(frozen=True, slots=True)
class Inventory:
    """The raw files of one folder, in the order of their ranks."""

    root: Path
    files: tuple[RawFile, ...]
    unusable: tuple[Unusable, ...] = field(default=())

    @property
    def faults(self) -> tuple[RawInputError, ...]:
        """Why each unusable file is so."""
        return tuple(each.fault for each in self.unusable)

    def covering(self, dataset: str, schema: str, interval: Interval) -> list[RawFile]:
        """Files of a vendor dataset and schema whose range overlaps, in the order of ranks."""
        return [
            file
            for file in self.files
            if (file.dataset, file.schema) == (dataset, schema) and file.span.overlaps(interval)
        ]

    def spans(self, dataset_name: str) -> list[Interval]:
        """Ranges of the files that could make a Bronze dataset."""
        makers = MAKERS[dataset_name]
        return [
            file.span
            for file in self.files
            if (file.dataset, file.schema) in makers and asks_for(file, dataset_name)
        ]


def asks_for(file: RawFile, dataset_name: str) -> bool:
    """Whether a file's request can have given rows of a Bronze dataset."""
    if file.kind is FileKind.OPTION_CSV or file.stype_in == "instrument_id":
        return True
    root = _ROOTS[dataset_name]
    return any(name.startswith(root) or name == _EVERYTHING for name in file.symbols)


def scan_raw(raw_root: Path, cache_file: Path | None = None) -> Inventory:
    """Describe every vendor file under a folder, however deep; a missing folder holds none.

    Files already known are neither hashed nor opened again: see ``scan_cache``.
    """
    remembered = scan_cache.load(cache_file, raw_root)
    found: Remembered = {}
    unusable: list[Unusable] = []
    for path in _walk(raw_root):
        name = path.relative_to(raw_root).as_posix()
        try:
            if (known := _described(path, name, remembered)) is not None:
                found[name] = known
        except UnusableFileError as bad:
            unusable.append(Unusable(bad.fault, bad.file))
    if cache_file is not None and found != remembered:
        scan_cache.store(cache_file, found)
    files = sorted((file for _, file in found.values()), key=lambda f: (*f.rank_key, f.name))
    return Inventory(raw_root, tuple(files), tuple(unusable))


def _described(path: Path, name: str, remembered: Remembered) -> tuple[Identity, RawFile] | None:
    identity = Identity.of(path)
    known = remembered.get(name)
    if known is not None and known[0] == identity:
        try:
            check_against_manifest(path, known[1].bytes, known[1].sha256)
        except RawInputError as fault:
            raise UnusableFileError(fault, known[1]) from fault
        return known
    file = classify(path, name)
    return None if file is None else (identity, file)


def _walk(root: Path) -> Iterator[Path]:
    """Files under a folder in a fixed order, links followed, each folder entered once."""
    entered: set[Path] = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        here = Path(folder)
        if here.resolve() in entered:
            folders.clear()
            continue
        entered.add(here.resolve())
        folders[:] = sorted(f for f in folders if f not in _OTHER_FOLDERS and f[0] != ".")
        for name in sorted(names):
            path = here / name
            if name[0] != "." and path.suffix != ".json" and path.is_file():
                yield path

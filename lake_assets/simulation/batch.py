"""A simulated download as the vendor delivers one: a job folder with its support files."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Generic, TypeVar

from databento_dbn import Metadata, Schema, SType
from databento_dbn.metadata import MappingInterval

from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos, Session
from lake_assets.simulation.contracts import Future, Option
from lake_assets.simulation.dbn_file import DbnFile, Records, WrittenFile, write_whole
from lake_assets.simulation.existing import Existing
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.sources.raw_file import SIMULATED_MARK

Params = TypeVar("Params", SimulationParams, OptionBookParams)

GENERATOR: Final = 1  # raise it when the same parameters give other bytes

_DAY_NS: Final = 86_400 * NANOS_PER_SECOND
_MANIFEST: Final = "manifest.json"
_METADATA: Final = "metadata.json"


@dataclass(frozen=True, slots=True)
class Job(Generic[Params]):
    """One download: a dataset's files of one session, in a folder of their own."""

    dataset: str
    session: Session
    params: Params
    instruments: Sequence[Future] | Sequence[Option]
    raw_root: Path

    @property
    def venue(self) -> str:
        """First part of the dataset's name."""
        return self.dataset.partition(".")[0]

    @property
    def name(self) -> str:
        """The job's id and its folder's name."""
        return f"{self.venue}-{self.session.day:%Y%m%d}-SIM{self.params.seed:08x}"

    @property
    def folder(self) -> Path:
        """Where its files go."""
        return self.raw_root / self.name

    def options(self) -> list[Option]:
        """The options among its instruments."""
        return [each for each in self.instruments if isinstance(each, Option)]

    def days(self) -> list[tuple[date, Interval]]:
        """UTC days the session touches, with the part of each that it covers."""
        hours = self.session.hours
        first, last = hours.opens // _DAY_NS, (hours.closes - 1) // _DAY_NS
        return [
            (
                datetime.fromtimestamp(day * 86_400, UTC).date(),
                Interval(
                    Nanos(max(day * _DAY_NS, hours.opens)),
                    Nanos(min((day + 1) * _DAY_NS, hours.closes)),
                ),
            )
            for day in range(first, last + 1)
        ]

    def open_file(self, schema: str, day: date, covers: Interval) -> DbnFile:
        """Begin the file of one schema and UTC day."""
        name = f"{self.dataset.lower().replace('.', '-')}-{day:%Y%m%d}.{schema}.dbn.zst"
        metadata = Metadata(
            dataset=self.dataset,
            start=covers.opens,
            end=covers.closes,
            stype_in=SType.from_str("raw_symbol"),
            stype_out=SType.from_str("instrument_id"),
            schema=Schema.from_str(schema),
            symbols=[instrument.raw_symbol for instrument in self.instruments],
            not_found=[SIMULATED_MARK],
            mappings=[_Mapping(each, day) for each in self.instruments],
            version=3,
        )
        return DbnFile(self.folder / name, metadata)

    def write_day(self, within: Nanos, contents: Mapping[str, Records]) -> list[WrittenFile]:
        """Write records by schema, each as the file of the UTC day a moment is in, and finish."""
        day, covers = next((day, covers) for day, covers in self.days() if within in covers)
        self.folder.mkdir(parents=True, exist_ok=True)
        files = []
        for schema, records in contents.items():
            with self.open_file(schema, day, covers) as file:
                file.append(records)
                files.append(file.publish())
        self.finish(files, list(contents))
        return files

    def finish(self, files: Sequence[WrittenFile], schemas: Sequence[str]) -> None:
        """Write the support files, the manifest last: a job is whole when it has one."""
        support: list[WrittenFile] = [
            self._write(_METADATA, self._metadata(files, schemas)),
            self._write("condition.json", self._condition()),
            self._write("symbology.json", self._symbology()),
        ]
        listed = [
            {
                "filename": each.path.name,
                "size": each.size_bytes,
                "hash": f"sha256:{each.sha256}",
                "urls": {},
            }
            for each in (*files, *support)
        ]
        self._write(_MANIFEST, {"job_id": self.name, "files": listed})

    def existing(self) -> list[WrittenFile] | None:
        """The job's data files if they are there, whole and of these parameters, else None.

        Raises:
            ConflictingInputError: another simulation of the session is there, or a changed file.
        """
        self._refuse_others()
        if not (self.folder / _MANIFEST).exists():
            return None
        made = json.loads((self.folder / _METADATA).read_text())["simulation"]
        if made["generator"] != GENERATOR or made["params"] != self.params.model_dump():
            raise self._existing.conflict(self.folder, f"params {made['params']}")
        listed = json.loads((self.folder / _MANIFEST).read_text())["files"]
        return [
            self._existing.verified(
                self.folder / each["filename"],
                each["hash"].removeprefix("sha256:"),
                made["records"][each["filename"]],
            )
            for each in listed
            if each["filename"] in made["records"]
        ]

    def remove_existing(self) -> None:
        """Delete every simulation of this dataset and session."""
        for folder in self._simulated_folders():
            for path in sorted(folder.iterdir()):
                path.unlink()
            folder.rmdir()

    def _simulated_folders(self) -> list[Path]:
        return sorted(self.raw_root.glob(f"{self.venue}-{self.session.day:%Y%m%d}-SIM*"))

    def _refuse_others(self) -> None:
        for folder in self._simulated_folders():
            if folder != self.folder and (folder / _MANIFEST).exists():
                raise self._existing.conflict(folder, "a simulation with another seed")

    @property
    def _existing(self) -> Existing:
        return Existing(self.params.model_dump())

    def _write(self, name: str, content: object) -> WrittenFile:
        return write_whole(self.folder / name, (json.dumps(content, indent=2) + "\n").encode())

    def _metadata(self, files: Iterable[WrittenFile], schemas: Sequence[str]) -> object:
        return {
            "version": 1,
            "job_id": self.name,
            "query": {
                "dataset": self.dataset,
                "schema": list(schemas),
                "symbols": [instrument.raw_symbol for instrument in self.instruments],
                "stype_in": "raw_symbol",
                "stype_out": "instrument_id",
                "start": self.session.hours.opens,
                "end": self.session.hours.closes,
                "limit": None,
                "encoding": "dbn",
                "compression": "zstd",
                "split_duration": "day",
            },
            "simulated": True,
            "simulation": {
                "generator": GENERATOR,
                "params": self.params.model_dump(),
                "records": {each.path.name: each.records for each in files},
            },
        }

    def _condition(self) -> object:
        return [
            {
                "date": day.isoformat(),
                "condition": "available",
                "last_modified_date": (day + timedelta(days=1)).isoformat(),
            }
            for day, _ in self.days()
        ]

    def _symbology(self) -> object:
        days = [day for day, _ in self.days()]
        first, after = days[0].isoformat(), (days[-1] + timedelta(days=1)).isoformat()
        return {
            "result": {
                each.raw_symbol: [{"d0": first, "d1": after, "s": str(each.instrument_id)}]
                for each in self.instruments
            },
            "symbols": [each.raw_symbol for each in self.instruments],
            "stype_in": "raw_symbol",
            "stype_out": "instrument_id",
            "start_date": first,
            "end_date": after,
            "partial": [],
            "not_found": [SIMULATED_MARK],
            "message": "OK",
            "status": 0,
        }


@dataclass(slots=True)
class _OneDay:
    """One day on which a symbol has one instrument id."""

    start_date: date
    end_date: date
    symbol: str


class _Mapping:
    """A symbol's id on one UTC day, in the shape the vendor's encoder reads."""

    def __init__(self, instrument: Future | Option, day: date) -> None:
        self.raw_symbol = instrument.raw_symbol
        self.intervals: Sequence[MappingInterval] = [
            _OneDay(day, day + timedelta(days=1), str(instrument.instrument_id))
        ]

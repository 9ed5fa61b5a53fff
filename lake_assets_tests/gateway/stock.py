"""What the gateway sells: genuine files of simulated sessions, and the jobs made of them."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from lake_assets.downloads.products import parse_stamp
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import scan_raw


@dataclass(frozen=True)
class Stocked:
    """One file for sale."""

    name: str
    content: bytes
    dataset: str
    schema: str
    span: Interval
    records: int


def stock_of(raw: Path) -> list[Stocked]:
    """Every file of a raw folder."""
    return [
        Stocked(
            file.path.name,
            file.path.read_bytes(),
            file.dataset,
            file.schema,
            file.span,
            sum(len(records) for records in iter_records(file)),
        )
        for file in scan_raw(raw).files
    ]


@dataclass
class SoldJob:
    """A batch job; ``states`` are told one after the other, the last for good."""

    job_id: str
    query: dict[str, str]
    files: list[Stocked]
    cost_usd: float
    states: list[str] = field(default_factory=lambda: ["queued", "done"])

    def look(self) -> str:
        """The state, and a step on."""
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def details(self) -> dict[str, object]:
        """As the vendor tells of a job."""
        state = self.look()
        done = state == "done"
        query = self.query
        return {
            "id": self.job_id,
            "user_id": "USER",
            "api_key": "prod-001",
            "cost_usd": self.cost_usd if done else None,
            "dataset": query["dataset"],
            "symbols": query["symbols"],
            "stype_in": query["stype_in"],
            "stype_out": query["stype_out"],
            "schema": query["schema"],
            "start": query["start"],
            "end": query["end"],
            "limit": None,
            "encoding": query["encoding"],
            "compression": query["compression"],
            "split_symbols": False,
            "split_duration": query["split_duration"],
            "delivery": "download",
            "record_count": sum(f.records for f in self.files) if done else None,
            "state": state,
            "ts_received": "2026-01-05T00:00:00.000000000Z",
        }

    def contents(self) -> dict[str, bytes]:
        """Its files by name; what the portal adds beside the data too."""
        support = {"metadata.json": json.dumps({"job_id": self.job_id, "query": self.query})}
        return {f.name: f.content for f in self.files} | {
            name: text.encode() for name, text in support.items()
        }


def listing(contents: dict[str, bytes], base: str) -> list[dict[str, object]]:
    """Files as the vendor lists them."""
    return [
        {
            "filename": name,
            "size": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "urls": {"https": f"{base}/{name}", "ftp": f"ftp://ftp.invalid/{name}"},
        }
        for name, content in contents.items()
    ]


def chosen(stock: list[Stocked], query: dict[str, str]) -> list[Stocked]:
    """Files of a request."""
    wanted = Interval(Nanos(parse_stamp(query["start"])), Nanos(parse_stamp(query["end"])))
    return [
        file
        for file in stock
        if (file.dataset, file.schema) == (query["dataset"], query["schema"])
        and file.span.overlaps(wanted)
    ]

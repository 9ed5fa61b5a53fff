"""What an audit has shown of one partition, kept with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Moments, probes, rows and cells that were compared, and what differed.

    ``rows`` counts by table, each cut and probe anew. ``refusals`` are results that the changed
    future alone made a step refuse. ``reason`` tells why nothing was compared.
    """

    cuts: tuple[int, ...]
    probes: tuple[str, ...]
    rows: Mapping[str, int]
    columns: int
    cells: int
    refusals: tuple[str, ...]
    leaks: tuple[str, ...]
    reason: str | None = None

    @classmethod
    def without_cuts(cls, reason: str) -> "Certificate":
        """Nothing was compared, and why."""
        return cls(
            cuts=(),
            probes=(),
            rows={},
            columns=0,
            cells=0,
            refusals=(),
            leaks=(),
            reason=reason,
        )

    def to_json(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        return asdict(self)

    def sentence(self) -> str:
        """The result for people."""
        if not self.cuts:
            return f"nothing was compared: {self.reason}"
        told = f"{len(self.leaks)} things differ" if self.leaks else "0 cells differ"
        cuts = "1 cut" if len(self.cuts) == 1 else f"{len(self.cuts)} cuts"
        return (
            f"{cuts}, {len(self.probes)} probes, {sum(self.rows.values()):,} rows "
            f"and {self.cells:,} cells of {len(self.rows)} tables compared: {told}"
        )

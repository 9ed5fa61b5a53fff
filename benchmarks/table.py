"""The table a run ends with: what was asked, what was seen, and whether that is enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_TINY: Final = 1e-3
HEAD: Final = ("Work", "Reference beside it", "Target", "Seen", "Ratio", "Verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A number that must not be above, or below, another."""

    name: str
    seen: float
    least: float | None = None
    most: float | None = None
    digits: int = 2
    unit: str = ""

    @property
    def asked(self) -> str:
        """The bound in words."""
        sign, bound = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{self.name} {sign} {bound:g}{self.unit}"

    @property
    def said(self) -> str:
        """What was seen, in words."""
        return f"{self.name} {_number(self.seen, self.digits)}{self.unit}"

    @property
    def verdict(self) -> str:
        """Met, or missed by what share of the bound."""
        if self.least is not None and self.seen < self.least:
            return f"missed: {self.name} {1 - self.seen / self.least:.0%} below"
        if self.most is not None and self.seen > self.most:
            return f"missed: {self.name} {self.seen / self.most - 1:.0%} above"
        return "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One piece of work.

    Attributes:
        work: what was done, with its size.
        reference: what it stands beside, with what that took.
        targets: what is asked of it; none where nothing is.
        also: what else was seen.
        ratio: how many times the reference's speed.
    """

    work: str
    reference: str = "—"
    targets: Sequence[Target] = ()
    also: Sequence[str] = field(default=())
    ratio: float | None = None

    def cells(self) -> tuple[str, ...]:
        """The row, in the order of the head."""
        missed = [t.verdict for t in self.targets if t.verdict != "met"]
        verdict = "; ".join(missed) or ("met" if self.targets else "—")
        return (
            self.work,
            self.reference,
            "; ".join(t.asked for t in self.targets) or "—",
            "; ".join([*(t.said for t in self.targets), *self.also]),
            f"{self.ratio:.1f}x" if self.ratio is not None else "—",
            verdict,
        )


def markdown(lines: Sequence[Line]) -> str:
    """The table for a file."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def plain(lines: Sequence[Line]) -> str:
    """The table for a terminal: a paragraph a line, for cells are long."""
    return "\n".join(_paragraph(line) for line in lines)


def _paragraph(line: Line) -> str:
    return "\n".join(_told(line))


def _told(line: Line) -> Iterator[str]:
    work, *others = line.cells()
    yield f"{work}"
    for name, cell in zip(HEAD[1:], others, strict=True):
        if cell != "—":
            yield f"    {name.lower():<20} {cell}"


def _number(value: float, digits: int) -> str:
    if 0 < abs(value) < _TINY:
        return f"{value:.1e}"
    return f"{value:,.{digits}f}"

"""Small pictures of a partition, for where a person would rather look than read."""

import base64
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, cast

import dagster as dg
import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter
from matplotlib.figure import Figure

from lake_assets.catalog.dataset import Dataset
from lake_assets.market.price import TICK_POINTS
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.truth_pictures import Subject, paint_bursts, paint_regimes

_HOUR_NS: Final = 3_600_000_000_000
_MARGINS: Final = {"left": 0.1, "right": 0.97, "bottom": 0.2, "top": 0.96}
Draw = Callable[[Axes, pl.LazyFrame], None]
Paint = Callable[[Figure, Subject], None]


def draw(
    dataset: Dataset, file: Path, inputs: Mapping[str, Upstream]
) -> dict[str, dg.MetadataValue]:
    """The partition's picture, or nothing where no picture helps."""
    if dataset.table not in PICTURES:
        return {}
    text = base64.b64encode(png(dataset, file, inputs)).decode()
    return {"picture": dg.MetadataValue.md(f"![{dataset.name}](data:image/png;base64,{text})")}


def png(dataset: Dataset, file: Path, inputs: Mapping[str, Upstream]) -> bytes:
    """The picture of a table that has one, over the tables it was made from."""

    def behind(table: str) -> pl.LazyFrame:
        found = next(each for each in inputs.values() if each.dataset.table == table)
        return cast("pl.LazyFrame", found.read(pl.LazyFrame))

    figure = Figure(figsize=(7, 2.4))
    PICTURES[dataset.table](figure, Subject(dataset, pl.scan_parquet(file), behind))
    page = io.BytesIO()
    # No creation date in the image: the same partition gives the same picture.
    figure.savefig(page, format="png", dpi=90, metadata={"Software": None})
    return page.getvalue()


def _new_york(axes: Axes, ns: pl.Series) -> npt.NDArray[np.datetime64]:
    """Stamps on a New York clock, which the axis then shows."""
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))  # type: ignore[no-untyped-call]
    axes.set_xlabel("New York", fontsize=7)
    utc = ns.cast(pl.Datetime("ns", "UTC"))
    return utc.dt.convert_time_zone("America/New_York").dt.replace_time_zone(None).to_numpy()


def _rows_by_hour(axes: Axes, rows: pl.LazyFrame) -> None:
    hours = rows.group_by(hour=(pl.col("ts_event_ns") // _HOUR_NS)).len().sort("hour").collect()
    labels = (hours["hour"] * _HOUR_NS).cast(pl.Datetime("ns", "UTC"))
    eastern = labels.dt.convert_time_zone("America/New_York").dt.strftime("%H")
    axes.bar(range(len(hours)), hours["len"], color="#4c78a8")
    axes.set_xticks(range(len(hours)), eastern)
    axes.tick_params(labelsize=7)
    axes.set_ylabel("rows")
    axes.set_xlabel("hour, New York")


def _price(axes: Axes, rows: pl.LazyFrame) -> None:
    bars = rows.select("start_ns", "low_ticks", "high_ticks", "close_ticks").collect()
    stamps = _new_york(axes, bars["start_ns"])
    low, high, close = (
        bars[name].to_numpy() * TICK_POINTS for name in ("low_ticks", "high_ticks", "close_ticks")
    )
    axes.fill_between(stamps, low, high, color="#9ecae9", linewidth=0)
    axes.plot(stamps, close, color="#4c78a8", linewidth=0.8)
    axes.set_ylabel("ES points")
    axes.tick_params(labelsize=7)


def _levels(axes: Axes, rows: pl.LazyFrame) -> None:
    lines = rows.filter(pl.col("kind") != "ROUND").collect()
    for (kind,), line in sorted(lines.group_by("kind")):
        stamps = _new_york(axes, line["minute_ns"])
        axes.plot(stamps, line["level_price"].to_numpy(), ".", markersize=1.5, label=str(kind))
    axes.set_ylabel("SPY $")
    axes.tick_params(labelsize=7)
    if lines.height:
        axes.legend(fontsize=5, ncols=4)


def _touches(axes: Axes, rows: pl.LazyFrame) -> None:
    touches = rows.select("ts_event_ns", "spot", "direction").collect()
    for direction, marker, colour in (("UP", "^", "#54a24b"), ("DOWN", "v", "#e45756")):
        those = touches.filter(pl.col("direction") == direction)
        stamps = _new_york(axes, those["ts_event_ns"])
        axes.plot(stamps, those["spot"], marker, color=colour, markersize=2, label=direction)
    axes.set_ylabel("SPY $")
    axes.tick_params(labelsize=7)
    axes.legend(fontsize=6)


def _shares(column: str) -> Draw:
    def paint(axes: Axes, rows: pl.LazyFrame) -> None:
        counts = rows.group_by(pl.col(column).fill_null("null")).len().sort(column).collect()
        axes.barh(counts[column].to_list(), counts["len"].to_list(), color="#4c78a8")
        axes.set_xlabel("touches")
        axes.tick_params(labelsize=7)

    return paint


def _alone(paint: Draw) -> Paint:
    """A picture of nothing but the rows, on one pair of axes with margins that are known."""

    def painted(figure: Figure, subject: Subject) -> None:
        paint(figure.subplots(gridspec_kw=_MARGINS), subject.rows)

    return painted


def _fitted(paint: Paint) -> Paint:
    """A picture of several axes, fitted to their labels: that draws everything twice."""

    def painted(figure: Figure, subject: Subject) -> None:
        figure.set_layout_engine("constrained")
        paint(figure, subject)

    return painted


PICTURES: Final[Mapping[str, Paint]] = {
    "es_trades": _alone(_rows_by_hour),
    "es_mbp10": _alone(_rows_by_hour),
    "spy_options": _alone(_rows_by_hour),
    "ohlcv_1m": _alone(_price),
    "levels": _alone(_levels),
    "touches": _alone(_touches),
    "labels": _alone(_shares("outcome")),
    "bursts": _fitted(paint_bursts),
    "regimes": _fitted(paint_regimes),
}

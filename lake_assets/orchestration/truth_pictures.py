"""Pictures of an option market's events, over the price they happened in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.dates import DateFormatter, HourLocator, date2num
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from lake_assets.catalog.dataset import Dataset
from lake_assets.market.option_vocabulary import Regime
from lake_assets.market.sessions import Calendar

_EVERY_S: Final = 5  # seconds a point of the price line stands for: a pixel holds more
_STRIPE_S: Final = 30  # seconds a stripe of the ribbon stands for
_LINE: Final = "#3b4252"
_RISE, _FALL = "#54a24b", "#e45756"
_COLOURS: Final = {
    Regime.NORMAL: "#d8dee9",
    Regime.CHOP: "#4c78a8",
    Regime.FLICKER: "#eeca3b",
    Regime.BURST: "#f58518",
    Regime.FEAR: "#e45756",
}
_SMALL: Final = 7  # points of type


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture is of: a dataset's rows, and by name the tables they were made from."""

    dataset: Dataset
    rows: pl.LazyFrame
    behind: Callable[[str], pl.LazyFrame]


Times: TypeAlias = npt.NDArray[np.float64]


def paint_bursts(figure: Figure, subject: Subject) -> None:
    """The price with a band for each burst, how large they were and how long."""
    # A row more than the usual picture.
    figure.set_size_inches(7, 4)
    panels = figure.subplot_mosaic("pp;sd", height_ratios=[3, 2])
    found = subject.rows.select(
        "start_time", "end_time", "direction", "size_points", "duration_s"
    ).collect()
    _price(panels["p"], subject)
    starts, ends = (_local(found[name], subject) for name in ("start_time", "end_time"))
    for start, end, direction in zip(starts, ends, found["direction"], strict=True):
        colour = _RISE if direction > 0 else _FALL
        # A band has an edge: a burst of ten seconds is thinner than a pixel.
        panels["p"].axvspan(start, end, facecolor=colour, edgecolor=colour, alpha=0.45, linewidth=1)
    _legend(panels["p"], {"up": _RISE, "down": _FALL}, title=f"{found.height} bursts")
    _histogram(panels["s"], found, "size_points", "size, points")
    _histogram(panels["d"], found, "duration_s", "duration, s")


def paint_regimes(figure: Figure, subject: Subject) -> None:
    """The price over a ribbon with the regime of each second."""
    price, ribbon = figure.subplots(2, sharex=True, height_ratios=[5, 1])
    _price(price, subject)
    price.set_xlabel("")
    seconds = subject.rows.select("timestamp", "regime_code").collect()
    times = _local(seconds["timestamp"], subject)
    known = seconds["regime_code"]
    # Of a stripe's seconds the highest code, the rarest regime: a burst is thinner than a pixel.
    stripes = known.to_frame().group_by(pl.int_range(pl.len()) // _STRIPE_S, maintain_order=True)
    codes = stripes.max()["regime_code"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    colours = ListedColormap([_COLOURS[regime] for regime in Regime])
    ribbon.imshow(
        codes[np.newaxis, :],
        cmap=colours,
        vmin=-0.5,
        vmax=len(Regime) - 0.5,
        aspect="auto",
        interpolation="nearest",
        extent=(times[0], times[-1], 0, 1),
    )
    ribbon.set_yticks([])
    _clock(ribbon, subject)
    shares = {
        f"{regime} {(known == place).sum() / known.len():.1%}": _COLOURS[regime]
        for place, regime in enumerate(Regime)
    }
    unknown = f"unknown {known.null_count() / known.len():.1%}"
    _legend(price, {**shares, unknown: "white"}, title="share of seconds")


def _price(axes: Axes, subject: Subject) -> None:
    state = subject.behind("option_state").select("timestamp", "spot_price")
    line = state.gather_every(_EVERY_S).collect()
    times = _local(line["timestamp"], subject)
    price = line["spot_price"].fill_null(float("nan")).to_numpy()
    axes.plot(times, price, color=_LINE, linewidth=0.7)
    axes.set_xlim(times[0], times[-1])
    axes.set_ylabel(f"{subject.dataset.underlying}, points", fontsize=_SMALL)
    _clock(axes, subject)
    axes.spines[["top", "right"]].set_visible(False)


def _histogram(axes: Axes, found: pl.DataFrame, column: str, label: str) -> None:
    values = found[column].to_numpy()
    if values.size:
        axes.hist(values, bins=min(20, max(5, values.size // 2)), color="#4c78a8", rwidth=0.9)
    else:
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", fontsize=_SMALL)
        axes.set_xticks([])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_xlabel(label, fontsize=_SMALL)
    axes.set_ylabel("bursts", fontsize=_SMALL)
    axes.tick_params(labelsize=_SMALL)
    axes.spines[["top", "right"]].set_visible(False)


def _legend(axes: Axes, colours: dict[str, str], *, title: str) -> None:
    marks = [
        Patch(facecolor=colour, edgecolor="#c0c0c0", linewidth=0.4, label=name)
        for name, colour in colours.items()
    ]
    # Beside the picture: inside, it would lie on the price.
    axes.legend(
        handles=marks,
        title=title,
        title_fontsize=_SMALL,
        fontsize=_SMALL,
        frameon=False,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
    )


def _clock(axes: Axes, subject: Subject) -> None:
    """Times on the exchange's clock."""
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M"))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(HourLocator())  # type: ignore[no-untyped-call]
    axes.set_xlabel(_zone(subject).rpartition("/")[2].replace("_", " "), fontsize=_SMALL)
    axes.tick_params(labelsize=_SMALL)


def _zone(subject: Subject) -> str:
    return (subject.dataset.calendar or Calendar.NEW_YORK).zone


def _local(moments: pl.Series, subject: Subject) -> Times:
    local = moments.dt.convert_time_zone(_zone(subject)).dt.replace_time_zone(None)
    return np.asarray(date2num(local.to_numpy()), np.float64)  # type: ignore[no-untyped-call]

"""Pictures of events: every burst has a band, a short regime its stripe, an empty table a page."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from lake_assets.catalog import BURSTS, REGIMES
from lake_assets.orchestration.truth_pictures import Subject, paint_bursts, paint_regimes
from lake_assets_tests.seconds.burst_rows import burst_rows

SECONDS = 600
NOON = datetime(2025, 8, 1, 6, tzinfo=UTC)  # 11:30 in Kolkata


def seconds(**columns):
    """A row a second from noon on."""
    times = [NOON + timedelta(seconds=at) for at in range(SECONDS)]
    stamps = pl.Series(times, dtype=pl.Datetime("us", "UTC"))
    return pl.DataFrame({"timestamp": stamps, **columns})


def subject(family, rows, spot=24_000.0):
    price = pl.Series([spot] * SECONDS, dtype=pl.Float64)
    state = seconds(spot_price=price).lazy()
    return Subject(family.of("NIFTY"), rows.lazy(), {"option_state": state}.__getitem__)


def painted(paint, *given, **named):
    figure = Figure()
    paint(figure, subject(*given, **named))
    return figure.axes


def test_every_burst_has_a_band_where_it_was_and_a_place_in_both_histograms():
    rows = burst_rows([{"direction": 1}, {}, {"size_points": 20.0}])

    price, sizes, lengths = painted(paint_bursts, BURSTS, rows)

    starts = [num2date(band.get_x()).strftime("%H:%M") for band in price.patches]
    assert starts == ["11:30", "11:31", "11:32"]
    assert len({band.get_facecolor() for band in price.patches}) == 2
    assert [sum(bar.get_height() for bar in axes.patches) for axes in (sizes, lengths)] == [3, 3]
    assert price.get_legend().get_title().get_text() == "3 bursts"


@pytest.mark.parametrize("spot", [24_000.0, None], ids=["quiet", "nobody recorded it"])
def test_a_session_without_bursts_has_a_picture_too(spot):
    _, sizes, _ = painted(paint_bursts, BURSTS, burst_rows([]), spot=spot)
    assert [text.get_text() for text in sizes.texts] == ["none"]


def test_a_regime_of_one_second_is_seen():
    codes = [None] * 120 + [0] * 480
    codes[345] = 3
    rows = seconds(regime_code=pl.Series(codes, dtype=pl.Int8))

    price, ribbon = painted(paint_regimes, REGIMES, rows)

    (stripes,) = ribbon.images[0].get_array().filled(-1)
    assert stripes.tolist() == [-1] * 4 + [0] * 7 + [3] + [0] * 8
    told = [text.get_text() for text in price.get_legend().get_texts()]
    assert {"burst 0.2%", "normal 79.8%", "unknown 20.0%"} <= set(told)

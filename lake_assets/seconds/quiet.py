"""Whether a second is quiet, and by which thresholds: known in that very second."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.quantiles import expanding_quantiles
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.readings import B1, F8, flags, floats

_COMPARED: Final = ("rv_30s", "opt_vol_30s", "spread_total")
_WATCHED: Final = ("spot_observed", "ce_observed", "pe_observed")
QUIET: Final = (*_COMPARED, *_WATCHED)
"""Columns of a state that tell whether a second is quiet."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """``active`` seconds, and the thresholds in force in each second, NaN where there is none."""

    active: B1
    theta_rv: F8
    theta_vol: F8
    theta_spread: F8


def quiet_seconds(
    option_state: pl.DataFrame, in_burst: B1, fear_active: B1, params: ChopParams
) -> Quiet:
    """Compare volatility, option volume and spread with their own past in the session."""
    rv, volume, spread = (floats(option_state, name) for name in _COMPARED)
    usual = [
        _usual(option_state, values, share, params)
        for values, share in (
            (rv, params.chop_share),
            (volume, params.chop_share),
            (spread, params.chop_spread_share),
        )
    ]
    slack = params.chop_slack
    found = Quiet(
        active=~in_burst & ~fear_active,
        theta_rv=_given(params.chop_max_rv, slack * usual[0]),
        theta_vol=_given(params.chop_max_volume, slack * usual[1]),
        theta_spread=_given(params.chop_max_spread_points, usual[2]),
    )
    found.active[~(rv <= found.theta_rv)] = False
    found.active[~(volume <= found.theta_vol)] = False
    found.active[~(spread <= found.theta_spread)] = False
    return found


def _given(dictated: float | None, usual: F8) -> F8:
    """A fixed threshold if there is one, in every second of the session."""
    return usual if dictated is None else np.full(usual.size, dictated)


def _usual(option_state: pl.DataFrame, values: F8, share: float, params: ChopParams) -> F8:
    """Quantile of the values before the latest whole minute, NaN while the session is young.

    Only seconds count in which spot and both options were observed.
    """
    watched = [flags(option_state, name) for name in _WATCHED]
    usable = np.logical_and.reduce(watched) & ~np.isnan(values)
    seconds = np.arange(values.size)
    cuts = np.arange(0, values.size, params.chop_renew_s)
    found: F8 = expanding_quantiles(values, usable, cuts, share)[seconds // params.chop_renew_s]
    return np.where(seconds < params.chop_settle_s, np.nan, found)

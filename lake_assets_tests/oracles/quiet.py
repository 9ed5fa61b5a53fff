"""Whether a second is quiet, with every quantile sorted anew; seconds are dicts by column."""

from lake_assets_tests.oracles.quantiles import quantile


def thresholds(seconds, t, settled):
    """Limits of volatility, volume and spread at ``t``; None while there are none."""
    if t < settled:
        return None, None, None
    watched = [
        s
        for s in seconds[: t // 60 * 60]
        if s["spot_observed"] and s["ce_observed"] and s["pe_observed"]
    ]

    def usual(name, share):
        return quantile([s[name] for s in watched if s[name] is not None], share)

    def slack(value):
        return None if value is None else 1.25 * value

    return (
        slack(usual("rv_30s", 0.25)),
        slack(usual("opt_vol_30s", 0.25)),
        usual("spread_total", 0.5),
    )


def active(seconds, t, settled):
    """Whether each of the three is known and small enough; bursts and fear are left aside."""
    values = [seconds[t][name] for name in ("rv_30s", "opt_vol_30s", "spread_total")]
    limits = thresholds(seconds, t, settled)
    return None not in (*values, *limits) and all(
        value <= limit for value, limit in zip(values, limits, strict=True)
    )

"""Same-day option prints and the future behind them, for tests of what is made from both."""

from lake_assets.catalog.bronze import ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.silver import ES_SPY_BASIS, FRONT_CONTRACT
from lake_assets_tests.physics.frames import DAY, OPEN_NS, SESSION, table

SECOND = 10**9
MINUTE = 60 * SECOND
FRONT = table(FRONT_CONTRACT)
SPOT_TICKS = 27_600  # SPY 690 by the ratio


def future(rows):
    """Trades of (ns, ticks)."""
    return table(ES_TRADES, ts_event_ns=[r[0] for r in rows], price_ticks=[r[1] for r in rows])


def ticking(session=SESSION, every_s=60, ticks=SPOT_TICKS):
    """Trades of one price all day, half a second before each minute and sooner."""
    rth = session.rth
    return future(
        [(ns - SECOND // 2, ticks) for ns in range(rth.opens, rth.closes + 1, every_s * SECOND)]
    )


def basis(by_minute=None, session=SESSION):
    """Basis of each minute from the open, the close included; 0 where none is given."""
    rth, given = session.rth, by_minute or {}
    starts = list(range(rth.opens, rth.closes + 1, MINUTE))
    values = [given.get((ns - rth.opens) // MINUTE, 0) for ns in starts]
    return table(ES_SPY_BASIS, minute_ns=starts, basis_u=values, conversion="ratio")


def prints(rows, **columns):
    """Prints of (ns, strike_u, right, price_u, size, side); without a quote unless given."""
    names = ("ts_event_ns", "strike_u", "right", "price_u", "size", "aggressor")
    given = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return table(SPY_OPTIONS, **given, **{"expiry": DAY, **columns})


def flow(rows, end_ns=OPEN_NS + MINUTE, **columns):
    """Option flow of (strike_u, right, volume, net, size_sq, gamma or None) at one minute end."""
    gammas = [row[5] for row in rows]
    filled = {
        "strike_u": [row[0] for row in rows],
        "right": [row[1] for row in rows],
        "volume": [row[2] for row in rows],
        "net_customer": [row[3] for row in rows],
        "size_sq": [row[4] for row in rows],
        "gamma": gammas,
        "gross_gamma": [
            None if g is None else row[2] * g * 100 for row, g in zip(rows, gammas, strict=True)
        ],
        "dealer_gamma": [
            None if g is None else -row[3] * g * 100 for row, g in zip(rows, gammas, strict=True)
        ],
        "end_ns": end_ns,
        "spot": 690.0,
        "last_iv": 0.2,
        "t_years": 1e-3,
    }
    return table(OPTION_FLOW, **{**filled, **columns})

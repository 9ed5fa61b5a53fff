"""The close a calendar declares against the close the tape shows."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from lake_assets.catalog.rows import Quality
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.sources.coverage import seconds
from lake_assets.sources.screening import I8, Kept

SILENT_BEFORE_CLOSE: Final = "silent_before_close_s"
AFTER_CLOSE: Final = "trades_after_close"
# ES goes on trading to the last second. Venues end half days on the quarter hour, so a close that
# is declared wrongly is off by fifteen minutes or more.
_SILENCE_S: Final = 600
_DAY_NS: Final = 86_400 * NANOS_PER_SECOND


@dataclass(slots=True)
class Closing:
    """Watches a session's trades for the last one, and for any after the declared close."""

    session: Session
    last_ns: int | None = None
    late: int = 0

    def see(self, trades: Kept, rows: Kept) -> None:
        """Look at trades of a file, those outside the session too, and at the rows among them.

        What follows a close is counted until the market opens again, at the hour at which the
        session opened.
        """
        hours = self.session.hours
        after = (trades.ts_ns >= hours.closes) & (trades.ts_ns < hours.opens + _DAY_NS)
        self.late += int(np.count_nonzero(after & (trades.codes >= 0)))
        self.last_ns = max(self.last_ns or 0, _newest(rows.ts_ns)) or None

    def facts(self) -> Quality:
        """Trades after the close, and how long none came before it: 0 if that is usual."""
        found: Quality = {AFTER_CLOSE: self.late}
        if self.last_ns is not None:
            silent = seconds(self.session.hours.closes - self.last_ns)
            found[SILENT_BEFORE_CLOSE] = silent if silent > _SILENCE_S else 0.0
        return found


def _newest(ts_ns: I8) -> int:
    return int(ts_ns.max()) if len(ts_ns) else 0

"""Rebuild the frozen session lists from pandas-market-calendars and the override table.

Run by hand (``python -m lake_assets_tests.market.freeze_calendars``) when a year is added or a
venue announces a change; read the diff before committing it. Tests compare, never write.
"""

import csv
import io
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas_market_calendars as mcal

FIRST, LAST = date(2010, 6, 7), date(2030, 12, 31)
EASTERN, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
NSE_HOURS = (time(9, 15), time(15, 30))
MARKET = files("lake_assets.market")


def overrides(venue: str) -> dict[date, dict[str, str]]:
    """Dated corrections that win over the library."""
    text = MARKET.joinpath("calendar_overrides.csv").read_text()
    rows = csv.DictReader(io.StringIO(text))
    return {date.fromisoformat(r["date"]): r for r in rows if r["venue"] == venue}


def closes(calendar: str, venue: str, zone: ZoneInfo) -> dict[date, datetime]:
    """Local close of each trading day of a venue."""
    frame = mcal.get_calendar(calendar).schedule(str(FIRST), str(LAST))
    days = {
        stamp.date(): close.to_pydatetime().astimezone(zone)
        for stamp, close in frame["market_close"].items()
    }
    for day, row in overrides(venue).items():
        if row["status"] == "closed":
            days.pop(day, None)
        else:
            days[day] = datetime.combine(day, time.fromisoformat(row["close_et"]), zone)
    return days


def utc(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_york() -> str:
    """One row a Globex session of the ES, with the New York day inside it."""
    globex = closes("CME Globex Equity", "CME", EASTERN)
    cash = closes("NYSE", "NYSE", EASTERN)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["day", "opens_utc", "closes_utc", "rth_opens_utc", "rth_closes_utc", "why"])
    for day, close in sorted(globex.items()):
        opens = datetime.combine(day - timedelta(days=1), time(18), EASTERN)
        rth = ["", ""]
        if day in cash:
            rth = [utc(datetime.combine(day, time(9, 30), EASTERN)), utc(cash[day])]
        why = overrides("CME").get(day, {}).get("reason", "")
        if not why and day not in cash:
            why = "New York closed"
        elif not why and cash.get(day, close).time() != time(16):
            why = "half day"
        rows.writerow([day, utc(opens), utc(close), *rth, why])
    return table.getvalue()


def nse() -> str:
    """One row a regular NSE session; festive one-hour sessions are no session."""
    frame = mcal.get_calendar("NSE").schedule(str(FIRST), str(LAST))
    sessions = {
        stamp.date(): (row["market_open"].to_pydatetime(), row["market_close"].to_pydatetime(), "")
        for stamp, row in frame.iterrows()
        if row["market_close"] - row["market_open"] >= timedelta(hours=2)
    }
    sessions = nse_overridden(sessions)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["day", "opens_utc", "closes_utc", "rth_opens_utc", "rth_closes_utc", "why"])
    for day, (opens, ends, why) in sorted(sessions.items()):
        hours = [utc(opens), utc(ends)]
        local = opens.astimezone(KOLKATA).time(), ends.astimezone(KOLKATA).time()
        rows.writerow([day, *hours, *hours, why or ("" if local == NSE_HOURS else "special hours")])
    return table.getvalue()


def nse_overridden(sessions):
    """The override table wins: closed, open at the usual hours, or special at its own."""
    text = MARKET.joinpath("calendar_overrides_nse.csv").read_text()
    sessions = dict(sessions)
    for row in csv.DictReader(io.StringIO(text)):
        day = date.fromisoformat(row["date"])
        if row["status"] == "closed":
            sessions.pop(day, None)
            continue
        usual = (clock.isoformat() for clock in NSE_HOURS)
        given = (row["open_local"], row["close_local"])
        clocks = given if row["status"] == "special" else usual
        ends = [datetime.combine(day, time.fromisoformat(clock), KOLKATA) for clock in clocks]
        sessions[day] = (*ends, row["reason"])
    return sessions


FROZEN = {"calendar_new_york.csv": new_york, "calendar_nse.csv": nse}

if __name__ == "__main__":
    for name, table in FROZEN.items():
        Path(str(MARKET.joinpath(name))).write_text(table())

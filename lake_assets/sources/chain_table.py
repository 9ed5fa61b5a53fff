"""The columns of a vendor's chain file as ours, row by row; what cannot be read says why."""

from datetime import UTC, datetime
from typing import Final

import polars as pl

from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.market.chain_vocabulary import CallPut
from lake_assets.sources.chain_styles import Style
from lake_assets.sources.landing import day, is_no_number, number

_OCC: Final = r"^([A-Z][A-Z0-9.]{0,5}?)\s*(\d{6})([CP])(\d{8})$"
_KINDS: Final = {
    "c": CallPut.CALL,
    "call": CallPut.CALL,
    "p": CallPut.PUT,
    "put": CallPut.PUT,
}
_MILLS: Final = 1000  # a contract's symbol has its strike in thousandths of a dollar
_PERCENT: Final = 100
_PRICES: Final = (
    "last_price",
    "bid",
    "ask",
    "vendor_iv",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
    "underlying_price",
)
_COUNTS: Final = ("volume", "open_interest")
BAD_NUMBER: Final = "bad_number"
BAD_CONTRACT: Final = "bad_contract"
OTHER_SYMBOL: Final = "other_symbol"


def our_columns(table: pl.DataFrame, style: Style, symbol: str) -> pl.DataFrame:
    """Rows of a file in the names of Bronze, with ``why``: null, or the reason a row is unusable.

    Dates are not judged here: the file does not know its session.
    """
    named = {ours: theirs for ours, theirs in style.columns.items() if theirs in table.columns}
    told = [name for name in (*_PRICES, *_COUNTS, "strike") if name in named]
    broken = pl.any_horizontal(
        pl.lit(value=False), *(is_no_number(named[n], style.nulls) for n in told)
    )
    numbers = {
        name: number(named[name], style.nulls) if name in named else pl.lit(None, pl.Float64)
        for name in (*_PRICES, *_COUNTS, "strike")
    }
    if style.iv_percent:
        given = numbers["vendor_iv"]
        numbers["vendor_iv"] = given / (given * 0 + _PERCENT)
    occ = (
        pl.col(style.contract(frozenset(table.columns)))
        .cast(pl.String)
        .str.strip_chars()
        .str.to_uppercase()
    )
    texts = {
        name: pl.col(named[name]).cast(pl.String).str.strip_chars()
        if name in named
        else pl.lit(None, pl.String)
        for name in ("underlying", "kind")
    }
    dates = {
        name: day(named[name]) if name in named else pl.lit(None, pl.Date)
        for name in ("expiration", "session")
    }
    moments = _moments(table[named["quote_time"]]) if "quote_time" in named else pl.lit(None)
    worked = table.select(
        **numbers,
        **texts,
        **dates,
        quote_time=moments.cast(pl.Datetime("us", "UTC")),
        broken=broken,
        root=occ.str.extract(_OCC, 1),
        occ_expiration=occ.str.extract(_OCC, 2).str.to_date("%y%m%d", strict=False),
        occ_kind=occ.str.extract(_OCC, 3),
        mills=occ.str.extract(_OCC, 4).cast(pl.Int64, strict=False),
    )
    return _judged(worked, named, symbol, style)


def _judged(worked: pl.DataFrame, named: dict[str, str], symbol: str, style: Style) -> pl.DataFrame:
    kinds = {kind: value.value for kind, value in _KINDS.items()}
    kind = pl.col("kind" if "kind" in named else "occ_kind").str.to_lowercase()
    expiration = pl.col("expiration" if "expiration" in named else "occ_expiration")
    same = (
        (expiration == pl.col("occ_expiration"))
        & (kind.str.slice(0, 1) == pl.col("occ_kind").str.to_lowercase())
        & ((pl.col("strike") * _MILLS).round() == pl.col("mills"))
    )
    owner = pl.col("underlying").str.to_uppercase().fill_null(symbol)
    whole = pl.all_horizontal((pl.col(name) % 1).fill_null(0) == 0 for name in _COUNTS)
    reason = (
        pl.when(pl.col("broken") | ~whole)
        .then(pl.lit(BAD_NUMBER))
        .when(owner != symbol)
        .then(pl.lit(OTHER_SYMBOL))
        .when(~(same & (pl.col("strike") > 0)).fill_null(value=False))
        .then(pl.lit(BAD_CONTRACT))
    )
    mills = pl.col("mills").cast(pl.String).str.zfill(8)
    return worked.select(
        symbol=pl.lit(symbol),
        source=pl.lit(style.source.value),
        contract_symbol=pl.concat_str(
            "root", pl.col("occ_expiration").dt.strftime("%y%m%d"), "occ_kind", mills
        ),
        option_type=kind.replace_strict(kinds, default=None, return_dtype=pl.String),
        strike=pl.col("strike"),
        expiration=expiration,
        **{name: pl.col(name) for name in _PRICES if name != "underlying_price"},
        **{name: pl.when(whole).then(pl.col(name)).cast(pl.Int64) for name in _COUNTS},
        underlying_price=pl.when(pl.col("underlying_price") > 0).then(pl.col("underlying_price")),
        quote_time=pl.col("quote_time"),
        session=pl.col("session"),
        why=reason,
    ).cast({n: OPTION_CHAINS.dtypes[n] for n in ("source",)})


def _moments(column: pl.Series) -> pl.Expr:
    """Moments in UTC; one without a zone could be anywhere, and is unknown."""
    if isinstance(column.dtype, pl.Datetime):
        known = column.dtype.time_zone is not None
        return pl.lit(column.dt.convert_time_zone("UTC") if known else None)
    words = column.cast(pl.String)
    read = {word: moment(word) for word in words.unique().drop_nulls()}
    return pl.lit(words.replace_strict(read, default=None, return_dtype=pl.Datetime("us", "UTC")))


def moment(word: object) -> datetime | None:
    """An ISO 8601 moment with a zone, in UTC; None if it is none."""
    try:
        told = datetime.fromisoformat(str(word).strip())
    except ValueError:
        return None
    return None if told.tzinfo is None else told.astimezone(UTC)

"""Daily option chains: the vendor's rows, the snapshot of a session's close, a row a symbol."""

from typing import Final

import pandera.polars as pa
import polars as pl

from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.schema import CONTRACTS, COUNT, LakeSchema, Moment, Role, column
from lake_assets.catalog.statistics import Statistics
from lake_assets.market.chain_vocabulary import (
    CallPut,
    ChainSource,
    IvSource,
    QuoteTimeSource,
    UnderlyingSource,
)

PRICING_DTE: Final = (7, 45)
"""Days to expiry, both included, of the contracts that prices and volatilities are read from."""

_PLACE: Final = Role.PROVENANCE
_USD: Final = "USD"
_IV: Final = "decimal, 0.25 = 25 %"
_NOT_GIVEN: Final = "the source does not give it"
_BAD_PRICE: Final = "the source gives none, or a negative one"
_NO_PICK: Final = "no liquid contract of the session qualifies"


class OptionChainsSchema(LakeSchema):
    """Rows of daily option chains as their vendors give them, one row a source and contract."""

    session_date: pl.Date = column("session whose folder the file landed in")
    symbol: pl.String = column("underlying, upper case")
    source: pl.Enum = column("style of the file, or OPRA", enum=ChainSource, role=_PLACE)
    contract_symbol: pl.String = column("OCC form without blanks, SPY260619C00550000")
    option_type: pl.Enum = column("call or put", enum=CallPut)
    strike: pl.Float64 = column("strike", unit=_USD, gt=0)
    expiration: pl.Date = column("expiry date, the session's or later")
    last_price: pl.Float64 = column("last trade", unit=_USD, null=_NOT_GIVEN)
    bid: pl.Float64 = column("best bid, as given", unit=_USD, null=_NOT_GIVEN)
    ask: pl.Float64 = column("best ask, as given", unit=_USD, null=_NOT_GIVEN)
    volume: pl.Int64 = column("traded in the session, as given", unit=CONTRACTS, null=_NOT_GIVEN)
    open_interest: pl.Int64 = column("open interest, as given", unit=CONTRACTS, null=_NOT_GIVEN)
    open_interest_date: pl.Date = column("session the open interest is of", null=_NOT_GIVEN)
    vendor_iv: pl.Float64 = column("implied volatility, as given", unit=_IV, null=_NOT_GIVEN)
    delta: pl.Float64 = column("vendor's delta", unit="vendor's", null=_NOT_GIVEN)
    gamma: pl.Float64 = column("vendor's gamma", unit="vendor's", null=_NOT_GIVEN)
    theta: pl.Float64 = column("vendor's theta", unit="vendor's", null=_NOT_GIVEN)
    vega: pl.Float64 = column("vendor's vega", unit="vendor's", null=_NOT_GIVEN)
    rho: pl.Float64 = column("vendor's rho", unit="vendor's", null=_NOT_GIVEN)
    underlying_price: pl.Float64 = column(
        "underlying, from the row or the file's description", unit=_USD, gt=0, null=_NOT_GIVEN
    )
    underlying_close: pl.Float64 = column(
        "underlying's daily close, landed beside the chains", unit=_USD, gt=0, null=_NOT_GIVEN
    )
    quote_time: Moment = column("last quote instant", unit="us UTC", null=_NOT_GIVEN)
    quote_time_source: pl.Enum = column("what told quote_time", enum=QuoteTimeSource, role=_PLACE)


class OptionSnapshotsSchema(LakeSchema):
    """Every listed option of a session's close, one row a contract."""

    session_date: pl.Date = column("session whose close is described")
    symbol: pl.String = column("underlying, upper case")
    underlying_price: pl.Float64 = column(
        "underlying, one value a symbol", unit=_USD, gt=0, null="no source gives it"
    )
    underlying_source: pl.Enum = column(
        "where underlying_price is from", enum=UnderlyingSource, null="as underlying_price"
    )
    contract_symbol: pl.String = column("OCC form without blanks, SPY260619C00550000")
    option_type: pl.Enum = column("call or put", enum=CallPut)
    strike: pl.Float64 = column("strike", unit=_USD, gt=0)
    expiration: pl.Date = column("expiry date, the session's or later")
    dte: pl.Int32 = column("expiration minus session_date", unit="days", ge=0)
    moneyness_signed: pl.Float64 = column(
        "strike / underlying - 1, to six decimals", unit="ratio", null="underlying unknown"
    )
    moneyness_ratio: pl.Float64 = column(
        "abs(moneyness_signed)", unit="ratio", ge=0, null="underlying unknown"
    )
    moneyness_pct: pl.Float64 = column(
        "moneyness_ratio x 100", unit="percent_points", ge=0, null="underlying unknown"
    )
    last_price: pl.Float64 = column("last trade", unit=_USD, ge=0, null=_BAD_PRICE)
    bid: pl.Float64 = column("best bid", unit=_USD, ge=0, null=_BAD_PRICE)
    ask: pl.Float64 = column("best ask", unit=_USD, ge=0, null=_BAD_PRICE)
    mid: pl.Float64 = column(
        "(bid + ask) / 2", unit=_USD, gt=0, null="ask is not above 0, or the quote is crossed"
    )
    spread_ratio: pl.Float64 = column("(ask - bid) / mid", unit="ratio", ge=0, null="no mid")
    spread_pct: pl.Float64 = column(
        "spread_ratio x 100", unit="percent_points", ge=0, null="no mid"
    )
    volume: pl.Int64 = column("traded in the session", unit=CONTRACTS, ge=0, null=_BAD_PRICE)
    open_interest: pl.Int64 = column("open interest", unit=CONTRACTS, ge=0, null=_BAD_PRICE)
    open_interest_date: pl.Date = column(
        "session the open interest is of: the previous one unless the source says otherwise",
        null="no open interest",
    )
    vendor_iv: pl.Float64 = column("vendor's volatility", unit=_IV, null=_NOT_GIVEN)
    solved_iv: pl.Float64 = column(
        "Black-Scholes volatility of the mid",
        unit=_IV,
        ge=0.01,
        le=5,
        null="no mid, no underlying, or the mid outside what 0.01 to 5 can give",
    )
    iv: pl.Float64 = column(
        "vendor_iv where within 0.01 to 5, else solved_iv",
        unit=_IV,
        ge=0.01,
        le=5,
        null="neither is within",
    )
    iv_source: pl.Enum = column("which one iv is", enum=IvSource)
    delta: pl.Float64 = column("vendor's delta", unit="vendor's", null=_NOT_GIVEN)
    gamma: pl.Float64 = column("vendor's gamma", unit="vendor's", null=_NOT_GIVEN)
    theta: pl.Float64 = column("vendor's theta", unit="vendor's", null=_NOT_GIVEN)
    vega: pl.Float64 = column("vendor's vega", unit="vendor's", null=_NOT_GIVEN)
    rho: pl.Float64 = column("vendor's rho", unit="vendor's", null=_NOT_GIVEN)
    in_the_money: pl.Boolean = column(
        "strike below the underlying for calls, above for puts", null="underlying unknown"
    )
    quote_time: Moment = column("last quote instant", unit="us UTC", null="unknown")
    quote_time_source: pl.Enum = column("what told quote_time", enum=QuoteTimeSource, role=_PLACE)
    is_liquid_basic: pl.Boolean = column("volume >= 50, open_interest >= 100 and bid > 0")
    is_liquid: pl.Boolean = column("is_liquid_basic, by its shorter name")
    is_executable_liquid: pl.Boolean = column(
        "basic, ask >= 0.50, spread_ratio <= 0.15, moneyness_ratio within the tier's band and "
        "dte 7 to 60"
    )
    flags: pl.Int32 = column(
        "1 crossed quote, 2 no quote, 4 vendor IV rejected, 8 negative field nulled, "
        "16 quote_time unknown, 32 underlying from parity",
        unit="bits",
        ge=0,
        le=63,
    )

    @pa.dataframe_check
    @classmethod
    def a_symbol_has_one_underlying_price(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Moneyness of two contracts could not be compared otherwise."""
        price = pl.col("underlying_price")
        one = price.eq_missing(price.first().over("session_date", "symbol"))
        return data.lazyframe.select(one)

    @pa.dataframe_check
    @classmethod
    def iv_is_the_one_named(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """A volatility without its source, or the other way round, proves nothing."""
        named = (
            pl.when(pl.col("iv_source") == IvSource.VENDOR.value)
            .then(pl.col("vendor_iv"))
            .when(pl.col("iv_source") == IvSource.SOLVED.value)
            .then(pl.col("solved_iv"))
        )
        return data.lazyframe.select(pl.col("iv").eq_missing(named))


class OptionDailySchema(LakeSchema):
    """The contracts a session's volatility is read from, one row a symbol."""

    session_date: pl.Date = column("session")
    symbol: pl.String = column("underlying, upper case")
    atm_contract: pl.String = column("contract nearest the money", null=_NO_PICK)
    atm_iv: pl.Float64 = column("its volatility", unit=_IV, ge=0.01, le=5, null=_NO_PICK)
    atm_dte: pl.Int32 = column("its days to expiry", unit="days", ge=7, le=45, null=_NO_PICK)
    atm_option_type: pl.Enum = column("call or put", enum=CallPut, null=_NO_PICK)
    atm_iv_source: pl.Enum = column("whose volatility", enum=IvSource, null=_NO_PICK)
    put_wing_contract: pl.String = column("put nearest 7.5 % below the money", null=_NO_PICK)
    put_wing_iv: pl.Float64 = column("its volatility", unit=_IV, ge=0.01, le=5, null=_NO_PICK)
    call_wing_contract: pl.String = column("call nearest 7.5 % above the money", null=_NO_PICK)
    call_wing_iv: pl.Float64 = column("its volatility", unit=_IV, ge=0.01, le=5, null=_NO_PICK)
    rows: pl.Int64 = column("contracts of the symbol in the snapshot", unit=COUNT, ge=1)
    source_sha256: pl.String = column("content hash of the snapshot", role=_PLACE)


OPTION_CHAINS: Final = Dataset(
    name="option_chains",
    layer=Layer.BRONZE,
    schema=OptionChainsSchema,
    sort_by=("symbol", "source", "expiration", "strike", "option_type", "contract_symbol"),
    version="1",
    collection="chains",
)
OPTION_SNAPSHOTS: Final = Dataset(
    name="option_snapshots",
    layer=Layer.SILVER,
    schema=OptionSnapshotsSchema,
    sort_by=("symbol", "expiration", "strike", "option_type", "contract_symbol"),
    version="1",
    collection="chains",
    row_groups_by="symbol",
    is_cited=True,
    statistics=Statistics(
        by="symbol",
        measures={
            "rows": pl.len(),
            "pricing": (pl.col("is_liquid") & pl.col("dte").is_between(*PRICING_DTE)).sum(),
        },
    ),
)
OPTION_DAILY: Final = Dataset(
    name="option_daily",
    layer=Layer.SILVER,
    schema=OptionDailySchema,
    sort_by=("symbol",),
    version="1",
    collection="chains",
    is_cited=True,
    statistics=Statistics(by="symbol", measures={"rows": pl.len()}),
)

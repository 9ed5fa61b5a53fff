"""What a simulated session is made from."""

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_TRADES_PER_RECORD: Final = 0.055
_OPTION_TRADES_PER_RECORD: Final = 0.07
_FEWEST_TRADES: Final = 6_000  # fewer leave two-minute bars of the night empty
_FEWEST_OPTION_TRADES: Final = 20_000  # fewer leave minutes without a call and put pair


class SimulationParams(BaseModel):
    """Seed, size and starting price of a simulated session; all of it decides the bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, ge=0, lt=2**32, description="of every random draw, with the date")
    book_records: int = Field(60_000, ge=50_000, le=25_000_000, description="mbp-10 records")
    trades: int | None = Field(
        None, ge=3_000, description="prints of all futures; None: 5.5 % of the records"
    )
    option_trades: int | None = Field(
        None, ge=3_000, description="option prints; None: 7 % of the records"
    )
    start_price_points: float = Field(
        6900.0, ge=2000, le=20_000, multiple_of=0.25, description="front contract at the open"
    )
    range_points: float = Field(
        54.0, ge=10, le=300, description="typical high less low of regular hours"
    )
    basis_usd: float = Field(5.5, ge=-20, le=20, description="ES/10 less SPY at the open")
    volatility: float = Field(0.15, ge=0.05, le=1, description="at the money, a year as one")

    @model_validator(mode="after")
    def _trades_fit_the_records(self) -> Self:
        """Each print needs a record and what it took needs another."""
        if 5 * self.trade_count > self.book_records:
            raise ValueError(
                f"trades={self.trade_count} is over a fifth of book_records={self.book_records}"
            )
        return self

    @property
    def trade_count(self) -> int:
        """Prints of all futures."""
        if self.trades is not None:
            return self.trades
        return max(round(self.book_records * _TRADES_PER_RECORD), _FEWEST_TRADES)

    @property
    def option_trade_count(self) -> int:
        """Option prints."""
        if self.option_trades is not None:
            return self.option_trades
        return max(round(self.book_records * _OPTION_TRADES_PER_RECORD), _FEWEST_OPTION_TRADES)

"""What may be asked: a question's extracted words, and the query they become."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from lake_assets.retrieval.vocabulary import Knowledge, MacroAlias, SourceType
from lake_assets.retrieval.windows import TimePredicate


def _calendar_day(given: object) -> object:
    """Dates and ``YYYY-MM-DD`` pass; a number or a moment is no calendar day."""
    if isinstance(given, str):
        day = date.fromisoformat(given)
        if day.isoformat() != given:
            raise ValueError(f"expected YYYY-MM-DD, found {given!r}")
        return day
    if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    raise ValueError(f"expected YYYY-MM-DD, found {given!r}")


CalendarDay = Annotated[date, BeforeValidator(_calendar_day)]


class MetadataExtraction(BaseModel):
    """Words taken from a question; only tickers, metrics and time window are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    logical_reasoning: str = ""
    tickers: tuple[str, ...] = Field((), max_length=100)
    metrics: tuple[str, ...] = Field((), max_length=50)
    source_types: tuple[SourceType, ...] = ()
    action_direction: str | None = None
    form_type: str | None = None
    sentiment_target: str | None = None
    event_keyword: str | None = None
    time_window: str | None = Field(None, description="an unknown word is no signal")


class MetricQuery(MetadataExtraction):
    """One request: what is asked, as of when, and how it is answered."""

    as_of: CalendarDay | None = Field(None, description="null: the newest data there are")
    knowledge: Knowledge = Field(
        Knowledge.STRICT, description="strict: what was known then; latest_vintage: as revised"
    )
    predicates: tuple[TimePredicate, ...] = Field((), description="windows to use as they are")
    expand_family: bool = Field(default=True, description="answer the core of each family too")
    macro_alias: MacroAlias = Field(
        MacroAlias.ALWAYS, description="whether SPY stands for ^GSPC in macro metrics"
    )
    source_channel: str = Field("primary", max_length=64)
    explain: bool = Field(default=False, description="the plan instead of the numbers")

    @model_validator(mode="after")
    def _has_one_window_per_source(self) -> Self:
        sources = [predicate.source for predicate in self.predicates]
        if len(set(sources)) < len(sources):
            raise ValueError(f"expected one predicate per source, found {sources}")
        return self

    @classmethod
    def of(
        cls, extraction: MetadataExtraction, predicates: tuple[TimePredicate, ...] = ()
    ) -> "MetricQuery":
        """The query an extraction asks for, over the windows given."""
        return cls(**dict(extraction), predicates=predicates)

    def predicate(self, source: SourceType) -> TimePredicate | None:
        """The window given for a source, if any."""
        return next((p for p in self.predicates if p.source is source), None)

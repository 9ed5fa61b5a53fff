"""Findings as a template would hand them over, for tests of answers and claims."""

from datetime import date

from lake_assets.retrieval.answer import Answer, Finding, Request, answered
from lake_assets.retrieval.citation import Replay, ReplayInput
from lake_assets.retrieval.metrics import METRICS

AS_OF = date(2026, 5, 29)


def replay(metric="pcr_volume", **changes):
    record = {
        "definition": f"{metric}@1",
        "template": METRICS[metric].template.id,
        "template_sha256": "b" * 64,
        "params": {"symbol": "SPY", "start": date(2026, 5, 22), "end": AS_OF},
        "inputs": (
            ReplayInput(path="silver/option_snapshots/2026-05-28/SPY.parquet", sha256="a" * 64),
        ),
        "rows_read": 2,
        "rows_returned": 1,
    }
    return Replay(**record | changes)


def found(metric, result, entity="SPY", *, observed="2026-05-28", request=None, **also) -> Answer:
    """The answer of a metric whose template gave ``result``."""
    finding = Finding(
        result=result,
        observed_at=date.fromisoformat(observed),
        replay=replay(metric),
        **also,
    )
    return answered(METRICS[metric], entity, request or Request(as_of=AS_OF), finding)

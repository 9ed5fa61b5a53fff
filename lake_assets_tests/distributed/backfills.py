"""A backfill of a cluster, watched through GraphQL and the lake's files until it ends."""

import json
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lake_assets_tests.distributed.servers import Cluster, until

LAUNCH = """
mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
  }
}
"""
STATUS = """
query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { status runs(limit: 1000) { id status } }
  }
}
"""
OUTCOMES = """
query ($runId: ID!) {
  runOrError(runId: $runId) {
    ... on Run { assetMaterializations { partition assetKey { path } tags { key value } } }
  }
}
"""
Stamps = dict[str, object]
"""What changes when a partition is published again, by partition."""


class Unanswered(Exception):  # noqa: N818 - a server that is being killed is no error
    """The server is away, or its database is."""


def ask(address: str, query: str, **variables: object) -> dict:
    """Ask Dagster's GraphQL."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback
        address, body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            told = json.load(answer)
    except (urllib.error.URLError, TimeoutError, ConnectionError, json.JSONDecodeError) as error:
        raise Unanswered(str(error)) from error
    if "errors" in told:
        raise Unanswered(str(told["errors"])[:500])
    return told["data"]


@dataclass
class Backfill:
    """One backfill; what was seen of its files and runs while it went on."""

    cluster: Cluster
    published: Callable[[], Stamps]
    id: str
    stamps: Stamps = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)
    run_ids: list[str] = field(default_factory=list)
    status: str = "REQUESTED"

    @classmethod
    def launch(
        cls,
        cluster: Cluster,
        published: Callable[[], Stamps],
        keys: Sequence[Sequence[str]],
        days: Sequence[str],
    ) -> "Backfill":
        """Launch it as the UI does."""
        params = {
            "assetSelection": [{"path": list(key)} for key in keys],
            "partitionNames": list(days),
            "tags": [],
        }
        told = ask(cluster.address, LAUNCH, params=params)["launchPartitionBackfill"]
        return cls(cluster, published, told["backfillId"])

    def look(self) -> None:
        """See which partitions there are, and that none is written a second time."""
        for name, stamp in self.published().items():
            if self.stamps.setdefault(name, stamp) != stamp:
                self.rewritten.append(name)

    def ended(self) -> bool:
        """Whether it has; a server that is away is asked again later."""
        self.look()
        try:
            told = ask(self.cluster.address, STATUS, id=self.id)["partitionBackfillOrError"]
        except Unanswered:
            return False
        self.status = told["status"]
        self.run_ids = [run["id"] for run in told["runs"]]
        self.runs = Counter(run["status"] for run in told["runs"])
        return self.status not in {"REQUESTED", "CANCELING"}

    def wait(self, meanwhile: Callable[[], object] = bool, *, seconds: float) -> None:
        """Wait for its end; ``meanwhile`` is done every now and then."""

        def step() -> bool:
            meanwhile()
            return self.ended()

        until(step, seconds=seconds, what="the backfill", pause=1)

    def outcomes(self) -> dict[tuple[str, str], Counter[str]]:
        """How often each partition was built, reused or adopted, by the event log."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for run_id in self.run_ids:
            told = ask(self.cluster.address, OUTCOMES, runId=run_id)["runOrError"]
            for made in told["assetMaterializations"]:
                key = "/".join(made["assetKey"]["path"]), made["partition"]
                tags = {tag["key"]: tag["value"] for tag in made["tags"]}
                found.setdefault(key, Counter())[tags["lake/outcome"]] += 1
        return found

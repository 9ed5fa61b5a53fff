"""Raw files a Bronze partition lacks, bought before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from logging import Logger

import dagster as dg

from lake_assets.downloads.missing import missing_requests
from lake_assets.downloads.products import product_of
from lake_assets.downloads.settings import Key, Settings, key_of
from lake_assets.errors import BudgetError, DayMissingError
from lake_assets.orchestration.job import Job


@dataclass(frozen=True, slots=True)
class VendorAccount:
    """The vendor's account of a code location; it never enters a run's configuration."""

    key: Key | None
    settings: Settings

    @property
    def may_buy(self) -> bool:
        """Whether assets may buy: somebody gave a key and said what may be spent."""
        return self.key is not None and self.settings.budget_usd is not None

    def fetch(self, job: Job, log: Logger) -> None:
        """Buy and land the files a partition lacks, if that is allowed and within the cap.

        Where it is not, nothing is bought, the log says why, and the partition is made from the
        files that are there, or refused for want of them.

        Raises:
            RawInputError: a file of the session is there and cannot be used.
            VendorError: the files do not come.
        """
        product = product_of(job.recipe.dataset)
        if self.key is None or not self.may_buy or product is None or job.session is None:
            return
        requests = missing_requests(job.source.inventory, job.session, [product])
        if not requests:
            return
        # Imported here: a graph that buys nothing need not wait for the vendor's client.
        from lake_assets.downloads.buyer import Buyer  # noqa: PLC0415

        buyer = Buyer(job.source.raw_root, self.key, self.settings, job.source.lock_wait_s)
        try:
            landed = buyer.buy(requests, log.info)
        except BudgetError as error:
            log.warning("%s", error)
            return
        for each in landed:
            if isinstance(each.error, DayMissingError):
                log.warning("%s", each.error)
            elif each.error is not None:
                raise each.error
        job.source.look_again()


def account_from(environ: Mapping[str, str]) -> dg.ResourceDefinition:
    """The account an environment names, as a resource without configuration."""
    account = VendorAccount(key_of(environ), Settings.of(environ))
    return dg.ResourceDefinition.hardcoded_resource(
        account, description="The vendor's account that Bronze buys missing files from."
    )

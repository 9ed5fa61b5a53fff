"""Machines that share a lake in an object store: a mirror each."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from lake_assets.lake.opening import lake_at
from lake_assets.lake.roots import home_of

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


@dataclass(frozen=True)
class Machine:
    """One machine's view of the lake at a URL."""

    url: str
    folder: Path

    @property
    def environ(self):
        """Variables that name the lake and what this machine keeps of it."""
        return {
            "LAKE_ROOT": self.url,
            "LAKE_MIRROR": str(self.folder),
            "DAGSTER_HOME": str(self.folder / "dagster"),
        }

    @property
    def home(self):
        """Its mirror of the lake."""
        return home_of(self.url, str(self.folder))

    def lake(self, **options):
        """The lake, looked at for the first time."""
        return lake_at(self.url, mirrors=str(self.folder), **options)

    @property
    def store(self):
        """The objects themselves."""
        return self.lake().remote.store


def bucket(address):
    """The URL of a new bucket."""
    import boto3  # noqa: PLC0415 - most tests have no use for it

    name = f"lake-{token_hex(6)}"
    boto3.client("s3", endpoint_url=address, **KEYS).create_bucket(Bucket=name)
    return f"s3://{name}"


def keys(store, prefix=""):
    """Names of the objects."""
    return [each.key for each in store.listed(prefix)]


def edit(store, key, change):
    """Change an object's bytes behind the lake's back."""
    with store.bytes_of(key) as body:
        store.replace_text(key, change(body.read()))

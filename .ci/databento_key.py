"""A rule for detect-secrets: keys of Databento, which begin with `db-`."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class DatabentoKeyDetector(RegexBasedDetector):
    """Finds `db-` and 29 letters and digits."""

    # pragma: allowlist nextline secret
    secret_type = "Databento API Key"  # noqa: S105 - what is looked for, none itself
    denylist = (re.compile(r"\bdb-[A-Za-z0-9]{29}\b"),)

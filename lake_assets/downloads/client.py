"""The vendor's client, without its say in what the process warns of."""

import warnings

with warnings.catch_warnings():  # it would have everyone's DeprecationWarnings shown, each time
    from databento import Historical
    from databento.common.error import BentoError, BentoHttpError

__all__ = ["BentoError", "BentoHttpError", "Historical"]

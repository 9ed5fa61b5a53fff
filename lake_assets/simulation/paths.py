"""Random walks that a day alone decides: no run of a simulation sees another's."""

import numpy as np


def path_of(seed: int, name: str, steps: int, size: float, *, pull: float = 0.0) -> float:
    """Where a walk stands after some steps of the normal size; ``pull`` draws it back to 0."""
    rng = np.random.default_rng([seed, *name.encode()])
    at = 0.0
    for shock in rng.standard_normal(steps):
        at += size * float(shock) - pull * at
    return at

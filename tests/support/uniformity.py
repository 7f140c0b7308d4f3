"""A χ² test of bytes: 255 degrees of freedom, a false alarm with a chance of 10⁻⁸."""

from collections.abc import Iterable

import numpy as np
from scipy.stats import chi2

FALSE_ALARM = 1e-8


def look_uniform(words: Iterable[np.ndarray]) -> bool:
    """χ² of the bytes of some vectors against 256 equal chances."""
    counts = np.bincount(np.concatenate(list(words)).view(np.uint8), minlength=256)
    expected = counts.sum() / 256
    assert expected > 100
    return bool(chi2.sf(((counts - expected) ** 2 / expected).sum(), 255) > FALSE_ALARM)

"""The kernels: what must be quick, in C where it was built, in NumPy where it was not.

Both give the same answers; the tests hold them side by side. `COMPILED` tells which one this is: without a compiler
hashing takes about thirty times as long and a search looks at every hash (docs/reference/matching.md).
"""

from __future__ import annotations

try:
    from tipline.media.kernels._kernels import Exact, Near, order_hashes, order_keys, pdq, permute

    COMPILED = True
except ImportError:
    from tipline.media.kernels.plain import (  # type: ignore[assignment]
        Exact,
        Near,
        order_hashes,
        order_keys,
        permute,
    )

    COMPILED = False

NOT_NEEDED = 255  # the radius of a table that is not looked at
ALL = (1 << 32) - 1  # so many near rows no query has

__all__ = ["ALL", "COMPILED", "NOT_NEEDED", "Exact", "Near", "order_hashes", "order_keys", "pdq", "permute"]

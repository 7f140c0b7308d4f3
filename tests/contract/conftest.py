"""Typer 0.20 touches names that Click has deprecated, once, when it is first imported.

Flower imports Typer and pins it; the warning is theirs to settle.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'click.utils", DeprecationWarning)
    import typer  # noqa: F401 - imported for its warning

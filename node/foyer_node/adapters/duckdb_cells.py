"""Gives DuckDB columns of Python values without its looking for data-frame libraries.

At every single value DuckDB asks whether it is one of pandas', and where pandas is not
installed each asking searches the whole path: 4 microseconds a cell, fifteen times what the
cell itself costs. A module known to be absent is found absent at once.
"""

import importlib.util
import sys

for _name in ("pandas", "pyarrow"):
    if _name not in sys.modules and importlib.util.find_spec(_name) is None:
        sys.modules[_name] = None  # type: ignore[assignment]  # "import halted", says the manual

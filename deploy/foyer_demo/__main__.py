"""`python -m foyer_demo`: what `make demo` runs."""

import argparse
import sys
from pathlib import Path

from foyer_demo.run import DemoOptions, run_demo


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(prog="foyer-demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the release")
    parser.add_argument("--institutions", type=int, default=6, help="2 to 12")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the houses")
    parser.add_argument("--minimum-cohort", type=int, default=5)
    parser.add_argument("--keep", type=Path, default=None, help="keep everything in this folder")
    chosen = parser.parse_args()
    return run_demo(
        DemoOptions(
            institutions=chosen.institutions,
            scale=chosen.scale,
            once=chosen.once,
            folder=chosen.keep,
            minimum_cohort=chosen.minimum_cohort,
        ),
        say=lambda text: print(text, flush=True),
    )


if __name__ == "__main__":
    sys.exit(main())

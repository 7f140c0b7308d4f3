"""`python -m foyer_verify`."""

from foyer_verify.cli import main

main()

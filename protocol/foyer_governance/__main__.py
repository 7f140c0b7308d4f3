"""`python -m foyer_governance`."""

from foyer_governance.cli import main

if __name__ == "__main__":
    main()

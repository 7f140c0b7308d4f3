"""`python -m foyer_coordinator`."""

from foyer_coordinator.cli import main

if __name__ == "__main__":
    main()

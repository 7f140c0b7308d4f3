"""`python -m foyer_node`."""

from foyer_node.cli import main

if __name__ == "__main__":
    main()

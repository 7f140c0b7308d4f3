"""`foyer-node rotate-helper-key`. Light: `--help` needs it."""

import typer

from foyer_node.console import HERE, Folder, refusing


def rotate_helper_key(folder: Folder = HERE) -> None:
    """Make this node's next helper key, and keep it until a roster names it.

    Opens no connection: the running node tells the coordinator. Once governance has signed a
    roster with it, the new key is used and the old one destroyed. Again it changes nothing.

    Exits 0, or 10 if the node is not enrolled.
    """
    with refusing():
        from foyer_node.config import read_config
        from foyer_node.renewing.next_key import rotate

        typer.echo(rotate(read_config(folder)))

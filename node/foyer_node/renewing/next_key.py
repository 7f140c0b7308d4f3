"""What `foyer-node rotate-helper-key` does: it makes the next key, and changes nothing else."""

from foyer_node.adapters.helper_key_files import HelperKeyFiles
from foyer_node.app import read_membership
from foyer_node.config import NodeConfig
from foyer_protocol.crypto.digests import digest


def rotate(config: NodeConfig) -> str:
    """Make the next helper key, unless one waits already. Returns lines to print.

    Raises:
        ConfigError: the node is not enrolled, so that nobody could be told.
    """
    read_membership(config)
    keys = HelperKeyFiles(config.path("keys"))
    waits = keys.pending()
    coming = waits or keys.make_next()
    name = digest("foyer/helper-key-shown/v1", coming.key.public).hex()[:16]
    spaced = " ".join(name[at : at + 4] for at in range(0, 16, 4))
    said = f"waits since {coming.made}" if waits else "was made"
    return (
        f"helper key {spaced} {said}\n"
        "  the running node tells the coordinator; governance's next roster puts it in use,\n"
        f"  and the key of {keys.current().made} is then destroyed here: keep no copy of it"
    )

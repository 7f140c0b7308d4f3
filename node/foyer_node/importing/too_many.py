"""Whether so many rows of a file were refused that it must have been read wrongly."""

from foyer_node.importing.tally import Tally
from foyer_protocol.errors import ConnectorError, QuarantineTooLarge


def is_acceptable(tally: Tally, most_share: float) -> bool:
    """Whether something was taken and at most `most_share` of the rows refused."""
    refused = len(tally.rejected)
    return tally.accepted > 0 and refused <= most_share * tally.rows


def too_many(tally: Tally, most_share: float) -> QuarantineTooLarge | ConnectorError:
    """What a file is refused with that `is_acceptable` is false of."""
    if tally.rows == 0:
        return ConnectorError(
            "The table has a header and no rows; nothing was imported.", hint="Export it again."
        )
    share = 100 * len(tally.rejected) / tally.rows
    commonest = ", ".join(reason for reason, _ in tally.reasons.most_common(3))
    return QuarantineTooLarge(
        f"{share:.0f} % of the rows were refused ({commonest}), and at most"
        f" {100 * most_share:.0f} % may be. Nothing was imported.",
        hint="See the reasons with --preview; a setting or a column is probably read wrongly.",
    )

"""What a coordinator keeps of a round, as the bundle that anyone can check."""

from collections.abc import Sequence

from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import LocalProtocolError
from foyer_protocol.messages.bundle import Bundle, EscrowRecord, HelperRecord, SumRecord
from foyer_protocol.messages.release import Release, Status, sign_release
from foyer_protocol.messages.roster import SignedRoster
from foyer_protocol.rounds.coordinator import SumState
from foyer_protocol.rounds.phases import Phase


def make_bundle(
    rosters: Sequence[SignedRoster],
    figures: SumState,
    veto: SumState,
    release: Release,
    coordinator: Identity,
    *,
    is_open: bool,
) -> Bundle:
    """The bundle of `release`, signed by `coordinator`; `is_open` puts the vectors in.

    `rosters` are in the order of their epochs; those after the release's are left out.

    Raises:
        LocalProtocolError: a sum did not come to its end, so that there is nothing to show.
    """
    for state in (figures, veto):
        if state.phase not in (Phase.REVIEWING, Phase.RELEASED):
            raise LocalProtocolError(
                f"a sum of round {release.round_id} is {state.phase}; it cannot be exported"
            )
    return Bundle(
        network=release.network,
        rosters=tuple(one for one in rosters if one.roster.epoch <= release.epoch),
        release=release,
        signature=sign_release(release, coordinator),
        figures=record_of(figures, is_open=is_open),
        veto=record_of(veto, is_open=is_open),
    )


def record_of(state: SumState, *, is_open: bool) -> SumRecord:
    """One sum as it is exported: without sealed seeds, and open or closed."""
    return SumRecord(
        job=state.job,
        headers=tuple(report.signed for report in state.members),
        masked=tuple(bytes(report.masked) for report in state.members) if is_open else (),
        answers=tuple(
            HelperRecord(
                ack=answer.ack,
                signature=answer.signature,
                pads=answer.pads if is_open else b"",
            )
            for _, answer in sorted(state.answers.items())
        ),
        escrows=tuple(
            EscrowRecord(
                ack=given.ack,
                signature=given.signature,
                shares=given.shares if is_open else (),
            )
            for _, given in sorted(state.escrows.items())
        ),
    )


def withholds(release: Release) -> bool:
    """Whether an open bundle would show something that the release does not.

    A figure that is withheld, or how many institutions are in which range.
    """
    withheld = any(figure.status is Status.WITHHELD for figure in release.figures)
    return withheld or bool(release.spreads)

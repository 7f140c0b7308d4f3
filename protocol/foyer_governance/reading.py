"""What a draft says and what it changes, in lines that people compare aloud."""

from foyer_protocol.catalogue.grid import Dimension
from foyer_protocol.crypto.digests import digest
from foyer_protocol.crypto.identity import fingerprint
from foyer_protocol.errors import RemoteProtocolError
from foyer_protocol.messages.codec import read_fraction
from foyer_protocol.messages.roster import Member, Roster, verify_helper_key
from foyer_protocol.messages.roster_draft import RosterDraft


def describe_draft(draft: RosterDraft, before: Roster | None) -> str:
    """The draft in lines, each member marked by what became of it since `before`."""
    roster = draft.roster
    lines = [
        f"roster of {roster.network}, epoch {roster.epoch}, period {roster.period}",
        f"  digest          {spaced(roster.digest[:32])}",
        f"  coordinator     {fingerprint(roster.coordinator_key)}",
        f"  minimum cohort  {roster.minimum_cohort}",
        f"  budget          rho {float(read_fraction(roster.period_rho_cap)):.6g} for the period",
        f"  committee       {', '.join(roster.committee)}",
        f"                  {roster.silent} may be silent, {roster.corrupt} corrupt,"
        f" threshold {roster.threshold}",
        "members",
    ]
    lines += [f"  {_mark(one, before):9s} {_member(one)}" for one in roster.members]
    if before is not None:
        lines += [f"  {_gone(name, draft):9s} {name}" for name in _left(roster, before)]
    lines += [f"  warning: {text}" for text in warnings(draft, before)]
    return "\n".join(lines)


def warnings(draft: RosterDraft, before: Roster | None) -> list[str]:
    """What a signer should ask about before signing."""
    roster = draft.roster
    found = [
        f"{name} did not sign its helper key; nodes will refuse this roster"
        for name in roster.committee
        if not _vouched(roster.member(name))
    ]
    if before is None:
        return [*found, "no signed roster to compare with: everybody looks new"]
    if roster.network != before.network:
        found.append(f"the last roster was of network {before.network}")
    if roster.epoch != before.epoch + 1:
        found.append(f"epoch {roster.epoch} does not follow epoch {before.epoch}")
    if roster.coordinator_key != before.coordinator_key:
        found.append("it names another coordinator; enrolled nodes will refuse it")
    if roster.minimum_cohort < before.minimum_cohort:
        found.append(f"the minimum cohort falls from {before.minimum_cohort}")
    if read_fraction(roster.period_rho_cap) > read_fraction(before.period_rho_cap):
        found.append("the budget rises")
    elif roster.period != before.period:
        found.append(f"a new period begins, and with it a new budget, after {before.period}")
    known = {one.institution: _facts(one) for one in before.members}
    moved = [
        one.institution
        for one in roster.members
        if known.get(one.institution, _facts(one)) != _facts(one)
    ]
    if moved:
        found.append(f"other facts, and so other cohorts, of {', '.join(moved)}")
    if roster.committee != before.committee:
        found.append(f"another committee than {', '.join(before.committee)}")
    return found


def spaced(digits: str) -> str:
    """Hexadecimal digits in groups of four, to read out.

    >>> spaced("0123456789ab")
    '0123 4567 89ab'
    """
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _member(one: Member) -> str:
    helps = "helper key " + spaced(_short(one.helper_key)) if one.helper_key else "never helps"
    facts = " ".join(code for code in _facts(one) if code)
    return f"{one.institution:28s} {fingerprint(one.signing_key)}  {helps}  {facts}".rstrip()


def _facts(one: Member) -> tuple[str, ...]:
    return tuple(one.fact(dimension) for dimension in Dimension)


def _short(helper_key: str) -> str:
    """Enough of a helper key to see it change; what holds it is the member's own signature."""
    return digest("foyer/helper-key-shown/v1", bytes.fromhex(helper_key)).hex()[:16]


def _mark(one: Member, before: Roster | None) -> str:
    known = {} if before is None else {m.institution: m for m in before.members}
    old = known.get(one.institution)
    if old is None:
        return "new"
    if old.signing_key != one.signing_key:
        return "NEW KEY"
    return "rotated" if old.helper_key != one.helper_key else ""


def _left(roster: Roster, before: Roster) -> list[str]:
    present = {one.institution for one in roster.members}
    return [one.institution for one in before.members if one.institution not in present]


def _gone(name: str, draft: RosterDraft) -> str:
    return "suspended" if name in draft.suspended else "removed"


def _vouched(member: Member) -> bool:
    try:
        verify_helper_key(
            member.signing_key,
            bytes.fromhex(member.helper_key),
            bytes.fromhex(member.helper_signature),
        )
    except RemoteProtocolError:
        return False
    return True

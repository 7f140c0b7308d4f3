"""Verdicts on what rounds need of this node: ledger, helper key, certificate, history."""

from collections.abc import Sequence
from datetime import date, timedelta

from foyer_node.doctoring.findings import Finding, Mark, finding

HELPER_KEY_DAYS = 183
"""Half a year: who steals a helper key opens at most the seeds of as long, and it takes one
signing of governance, which meets for a new roster about as often."""

WAITING_DAYS = 30
"""How long a new helper key may wait for governance before somebody should ask."""

RENEWAL_DAYS = 60
"""A certificate that ends sooner should be renewed: an invitation may take a month."""


def judge_ledger(period: str, *, spent: float | None, back: float, cap: float) -> Finding:
    """Of a verified chain: rho `spent` and given `back` in `period`; None: nothing yet."""
    if spent is None:
        return finding("ledger", Mark.GOOD, "ledger-unspent", cap=cap)
    if back:
        return finding(
            "ledger", Mark.GOOD, "ledger-refunded", spent=spent, cap=cap, period=period, back=back
        )
    return finding("ledger", Mark.GOOD, "ledger-spent", spent=spent, cap=cap, period=period)


def judge_helper_key(
    *, named: str, held: Sequence[str], made: date, pending: date | None, today: date
) -> Finding:
    """`named`: the public half on the roster, or ""; `held`: those of the keys that are here.

    `made`: when the key in use was made; `pending`: when the one that waits was.
    """
    if named and named not in held:
        return finding("helper-key", Mark.BROKEN, "helper-key-strange")
    if pending:
        mark = Mark.LOOK if (today - pending).days > WAITING_DAYS else Mark.GOOD
        return finding("helper-key", mark, "helper-key-pending", made=pending)
    due = made + timedelta(days=HELPER_KEY_DAYS)
    mark, code = (Mark.LOOK, "helper-key-due") if today >= due else (Mark.GOOD, "helper-key-fresh")
    return finding("helper-key", mark, code, made=made, due=due)


def judge_certificate(until: date, today: date) -> Finding:
    """`until`: the last day of this node's own certificate."""
    left = (until - today).days
    if left < 0:
        return finding("certificate", Mark.BROKEN, "certificate-ended", until=until)
    mark, code = Mark.GOOD, "certificate-good"
    if left < RENEWAL_DAYS:
        mark, code = Mark.LOOK, "certificate-ends"
    return finding("certificate", mark, code, until=until)

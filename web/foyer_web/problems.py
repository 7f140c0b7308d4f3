"""What went wrong, in the reader's language: what, why and what to do next, by stable code."""

from dataclasses import dataclass

from foyer_web.languages import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One way a page refuses. `what`, `why` and `next_step` are message ids.

    A `refusal` is a correct outcome, shown in grey rather than as an error.
    """

    status: int
    what: str
    why: str
    next_step: str
    refusal: bool = False


PROBLEMS: dict[str, Problem] = {
    "not-found": Problem(
        status=404,
        what=N_("There is no page here"),
        why=N_("The address may be mistyped, or it names a round or figure that does not exist."),
        next_step=N_("Start from the overview."),
    ),
    "sign-in-needed": Problem(
        status=401,
        what=N_("You are not signed in"),
        why=N_("These pages are for the members of the network."),
        next_step=N_("Ask your network for a sign-in link and open it in this browser."),
    ),
    "link-not-valid": Problem(
        status=403,
        what=N_("This sign-in link does not work"),
        why=N_("A link works once, for a short time. This one was used, is too old or incomplete."),
        next_step=N_("Ask your network for a new link. Nothing was changed."),
    ),
    "cross-site": Problem(
        status=403,
        what=N_("The request came from another site"),
        why=N_("Forms are accepted only from these pages themselves. Nothing was changed."),
        next_step=N_("Open the page again and repeat what you did."),
    ),
    "wrong-host": Problem(
        status=403,
        what=N_("This address does not belong to these pages"),
        why=N_("They answer only where they are served, so that no other site can read them."),
        next_step=N_("Open the address that the node names when it starts."),
    ),
    "round-aborted": Problem(
        status=409,
        what=N_("The round ended without a release"),
        why=N_("Too few institutions finished in time. Nothing was published."),
        next_step=N_("Wait for the next round."),
        refusal=True,
    ),
    "cohort-too-small": Problem(
        status=409,
        what=N_("Too few institutions took part"),
        why=N_("Figures are published only when several institutions stand behind them."),
        next_step=N_("Wait for the next round."),
        refusal=True,
    ),
    "budget-exhausted": Problem(
        status=409,
        what=N_("The privacy budget is used up"),
        why=N_("Each release costs part of a yearly budget. This one costs more than is left."),
        next_step=N_("Wait for the new year of the budget, or ask for fewer figures."),
        refusal=True,
    ),
    "not-approved": Problem(
        status=403,
        what=N_("Your institution has not approved this"),
        why=N_("The data steward's rules do not allow it. Nothing was computed or sent."),
        next_step=N_("Talk to your data steward."),
        refusal=True,
    ),
    "already-answered": Problem(
        status=409,
        what=N_("This was answered before"),
        why=N_("The same was asked of the same members, so that nothing was charged or sent."),
        next_step=N_("Use the release that is there; another answer takes another plan."),
        refusal=True,
    ),
    "nothing-imported": Problem(
        status=409,
        what=N_("There is no data to compute on"),
        why=N_("Nothing has been imported at this institution yet."),
        next_step=N_("Import an export of your ticketing system first."),
    ),
    "storage": Problem(
        status=500,
        what=N_("Something on the disk could not be read or written"),
        why=N_("A file is damaged, in use or in the way. Nothing was sent."),
        next_step=N_("Look for free space and at the node's log, then try again."),
    ),
    "internal": Problem(
        status=500,
        what=N_("Something went wrong on our side"),
        why=N_("This is a fault in the software. Nothing was changed."),
        next_step=N_("Try again; if it happens again, tell your network the code below."),
    ),
}  # fmt: skip


def problem_of(code: str) -> Problem:
    """The problem with this code; an unknown code is our own fault."""
    return PROBLEMS.get(code, PROBLEMS["internal"])

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
    "invitation-not-valid": Problem(
        status=403,
        what=N_("This invitation does not work"),
        why=N_("An invitation works once, for a week. This was used, is too old or incomplete."),
        next_step=N_("Ask your network for a new invitation. Nothing was changed."),
    ),
    "passkey-failed": Problem(
        status=403,
        what=N_("The passkey was not taken"),
        why=N_("It is unknown here, or its answer did not fit the question. Nothing was changed."),
        next_step=N_("Open the page again and repeat what you did."),
    ),
    "openid-failed": Problem(
        status=403,
        what=N_("The other service did not sign you in"),
        why=N_("It refused, took too long, or its answer did not fit. Nothing was changed."),
        next_step=N_("Try again; if it stays so, tell your network."),
    ),
    "openid-unknown": Problem(
        status=403,
        what=N_("Nobody here has this account"),
        why=N_("Signing in elsewhere makes no account here: it is linked by an invitation."),
        next_step=N_("Ask your network for an invitation."),
        refusal=True,
    ),
    "role-needed": Problem(
        status=403,
        what=N_("Your account may not open this"),
        why=N_("It is for people with another role in the network."),
        next_step=N_("Ask your network if you need it."),
        refusal=True,
    ),
    "account-shut": Problem(
        status=403,
        what=N_("This account is shut"),
        why=N_("The network has shut it, or its institution is not a member now."),
        next_step=N_("Ask your network."),
        refusal=True,
    ),
    "sign-in-again": Problem(
        status=403,
        what=N_("Sign in again first"),
        why=N_("How you sign in can be changed only shortly after signing in. Nothing was done."),
        next_step=N_("Sign out, sign in, and repeat what you did."),
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
    "sign-in-first": Problem(
        status=401,
        what=N_("Sign in first"),
        why=N_("This changes something or shows an export's rows. Nothing was done."),
        next_step=N_("Open the sign-in page and repeat what you did."),
    ),
    "steward-needed": Problem(
        status=403,
        what=N_("Your account may read and not change"),
        why=N_("Only a data steward imports and decides. Nothing was done."),
        next_step=N_("Ask a steward of your institution."),
    ),
    "stale-form": Problem(
        status=403,
        what=N_("This page was too old to be sent"),
        why=N_("It is of another sign-in, or was not complete. Nothing was changed."),
        next_step=N_("Open the page again and repeat what you did."),
    ),
    "not-confirmed": Problem(
        status=400,
        what=N_("Nobody confirmed that the list is personal data"),
        why=N_("The box beside the button was not ticked. Nothing was read and nothing noted."),
        next_step=N_("Go back, tick the box, and ask again."),
    ),
    "wrong-password": Problem(
        status=403,
        what=N_("Name or password is wrong"),
        why=N_("Which of the two is not said. Nobody was signed in."),
        next_step=N_("Try again, or ask whoever keeps this node for a new password."),
    ),
    "too-many-tries": Problem(
        status=429,
        what=N_("Too many tries"),
        why=N_("After several wrong passwords this name has to wait. Nobody was signed in."),
        next_step=N_("Wait five minutes, then try again."),
    ),
    "upload-too-large": Problem(
        status=413,
        what=N_("The file is too large to be sent here"),
        why=N_("It is above the limit, or the disk has no room for it. Nothing was kept."),
        next_step=N_("Put it into a watched folder, or import it on the command line."),
    ),
    "upload-unreadable": Problem(
        status=400,
        what=N_("No file arrived"),
        why=N_("What was sent is no file, or it broke off. Nothing was kept."),
        next_step=N_("Choose the file again."),
    ),
    "import-gone": Problem(
        status=404,
        what=N_("This import is no longer here"),
        why=N_("It was loaded, given up, or begun more than a day ago; its file is deleted."),
        next_step=N_("Begin again with the file."),
    ),
    "import-running": Problem(
        status=409,
        what=N_("This import is being loaded"),
        why=N_("What was begun is finished or undone as a whole. Nothing was changed."),
        next_step=N_("Wait until it is loaded."),
    ),
    "config": Problem(
        status=400,
        what=N_("A setting or a file does not fit"),
        why=N_("Something in it is unknown or impossible. Nothing was changed."),
        next_step=N_("Mend what is named below, and try again."),
    ),
    "connector": Problem(
        status=400,
        what=N_("The file cannot be read as a table"),
        why=N_("It is empty, of another kind, or lacks what every import needs."),
        next_step=N_("Export it again as CSV or XLSX. Nothing was imported."),
    ),
    "quarantine": Problem(
        status=409,
        what=N_("Too many rows were refused"),
        why=N_("A column or a setting is probably wrong. Nothing was imported."),
        next_step=N_("Look at the columns again."),
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

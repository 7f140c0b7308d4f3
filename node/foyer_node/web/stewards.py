"""Whether who asks may decide, and with which token: what a page needs to offer a button."""

from fastapi import Request

from foyer_node.web.access import session_of


def steward_token(request: Request) -> str:
    """The token that a form of this page has to carry; "" where no button is to be shown."""
    session = session_of(request)
    return session.form_token if session is not None and session.is_steward else ""


def steward_name(request: Request) -> str:
    """Whom a decision is written down of. The door let nobody but a steward here."""
    session = session_of(request)
    return session.name if session is not None else ""

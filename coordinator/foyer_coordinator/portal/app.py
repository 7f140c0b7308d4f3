"""The portal put together: routes behind a guard. Serve it with uvicorn, from any thread.

Run uvicorn without an access log (`access_log=False`): the address of a sign-in link holds
its token.
"""

from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from foyer_coordinator.portal.account_pages import account_routes
from foyer_coordinator.portal.accounts import Accounts
from foyer_coordinator.portal.api import document_routes
from foyer_coordinator.portal.context import Books, Portal, Settings
from foyer_coordinator.portal.entrance import entrance_routes
from foyer_coordinator.portal.figure_pages import figure_routes
from foyer_coordinator.portal.guard import Guard, authorise
from foyer_coordinator.portal.invitation_pages import invitation_routes
from foyer_coordinator.portal.openid_routes import openid_routes
from foyer_coordinator.portal.oversight_pages import oversight_routes
from foyer_coordinator.portal.pages import page_routes
from foyer_coordinator.portal.passkey_routes import passkey_routes
from foyer_coordinator.portal.problems import BY_STATUS, PageRefused, problem_response
from foyer_coordinator.portal.sign_in import SignIn
from foyer_coordinator.portal.tables import table_routes
from foyer_web.render import Pages

__all__ = ["Books", "Settings", "create_app"]


def create_app(
    *,
    books: Books,
    sign_in: SignIn,
    pages: Pages,
    settings: Settings = Settings(),
    accounts: Accounts | None = None,
) -> FastAPI:
    """The portal's web application.

    It reads `books` from several threads at once. Sign-in links are made elsewhere: see
    `sign_in.SignIn.invite`. Without `accounts` there is no other way in than those.
    """
    portal = Portal(
        books=books,
        sign_in=sign_in,
        pages=pages,
        settings=settings,
        has_accounts=accounts is not None,
        providers=accounts.providers if accounts else (),
    )
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(authorise)],
    )
    app.include_router(entrance_routes(portal))
    if accounts is not None:
        app.include_router(invitation_routes(portal, accounts))
        app.include_router(account_routes(portal, accounts))
        app.include_router(oversight_routes(portal, accounts))
        app.include_router(passkey_routes(portal, accounts, accounts.passkeys))
        app.include_router(openid_routes(portal, accounts, accounts.openid))
    app.include_router(document_routes(portal))
    app.include_router(table_routes(portal))
    app.include_router(figure_routes(portal))
    app.include_router(page_routes(portal))
    app.add_middleware(
        Guard,
        pages=pages,
        session_of=sign_in.session,
        cookie=settings.cookie,
        host=urlsplit(settings.public_url).netloc,
    )
    _say_problems(app, pages)
    return app


def _say_problems(app: FastAPI, pages: Pages) -> None:
    @app.exception_handler(PageRefused)
    def refused(request: Request, refusal: PageRefused) -> Response:
        return problem_response(request, refusal.code, pages)

    @app.exception_handler(HTTPException)
    def no_route(request: Request, failure: HTTPException) -> Response:
        code = BY_STATUS.get(failure.status_code, "internal")
        return problem_response(request, code, pages, status=failure.status_code)

    @app.exception_handler(RequestValidationError)
    def no_such_form(request: Request, _: RequestValidationError) -> Response:
        return problem_response(request, "not-found", pages)

    @app.exception_handler(Exception)
    def fault(request: Request, _: Exception) -> Response:
        # The server logs the exception; the reader is told only that it is our fault.
        return problem_response(request, "internal", pages)

"""What members see in a browser. `start_portal` serves it; `app.create_app` makes it.

The web framework is imported when the portal starts and not before, so that commands
which only make a sign-in link stay quick.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foyer_coordinator.config import CoordinatorConfig
    from foyer_coordinator.portal.openid import Web
    from foyer_coordinator.portal.server import PortalBooks, PortalServer


def start_portal(
    config: "CoordinatorConfig",
    books: "PortalBooks",
    clock: Callable[[], int],
    web: "Web | None" = None,
) -> "PortalServer":
    """Serve the portal in a thread of its own, and return once it answers.

    `web` fetches what OpenID providers serve; without it none is offered.

    Raises:
        ConfigError: the port is taken, or there is no such address here.
    """
    from foyer_coordinator.portal.server import start  # noqa: PLC0415 - see above

    return start(config, books, clock, web)

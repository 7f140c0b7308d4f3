"""Pages that are rendered once for each state of the books, language and session.

A release never changes, so neither does a page about it: the key holds a mark of the books
(`RoundBook.mark`), and a page whose mark is old is never asked for again. The session is part
of the key, since a page names its reader and may hold what only that session may send back.
Nothing here is kept on a disk.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

MOST_PAGES = 512
"""Some 10 MB: a page is 5 to 30 kB."""

Key = tuple[str, ...]


class KeptPages:
    """The most recently used pages of this process. Any thread may ask at any time."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self._most = most
        self._kept: OrderedDict[Key, tuple[bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, request: Request, mark: str, make: Callable[[], Response]) -> Response:
        """The page of `request` in the state `mark`; made by `make` where it is not kept.

        A browser that has the very same page is told so, and is sent none.
        """
        session = getattr(request.state, "session", None)
        role = str(getattr(session, "role", ""))
        whose = str(getattr(session, "session_hash", ""))
        key = (mark, request.url.path, request.url.query, whose, role)
        body, tag = self._find(key) or self._put(key, make())
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return HTMLResponse(body, headers={"ETag": tag})

    def _find(self, key: Key) -> tuple[bytes, str] | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _put(self, key: Key, made: Response) -> tuple[bytes, str]:
        body = bytes(made.body)
        page = body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        with self._lock:
            self._kept[key] = page
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return page

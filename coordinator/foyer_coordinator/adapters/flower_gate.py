"""What an institution can reach of Flower's HTTP surface, decided here and nowhere else.

Flower serves Fleet, Control and Runtime on one port, and in the open-source release
Control has no authentication: whoever reaches it can run code on the nodes. This gate
stands before the whole application and lets eight Fleet calls through. It also closes
two holes of Flower 1.41 in the calls that it does let through:

- `push-messages` never compares the claimed sender with the authenticated node, so one
  node could hand instructions to another. Here a node may only *reply*, and as itself.
- a request's signature covers a time stamp and nothing else, so the same headers are
  good for 305 s. Here a time stamp is good once.

Neither is what safety rests on: every payload is signed end to end.
"""

from base64 import b64decode
from collections.abc import Callable

from flwr.common.constant import SUPERLINK_NODE_ID, TIMESTAMP_HEADER
from flwr.proto.fleet_pb2 import PushMessagesRequest
from flwr.supercore.constant import FLEET_HTTP_PUBLIC_KEY_HEADER
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foyer_coordinator.adapters.flower_replay import SpentStamps

PUSH_MESSAGES = "/v1/fleet/push-messages"
PUSH_OBJECT = "/v1/fleet/push-object"
ACTIVATE = "/v1/fleet/activate-node"

SERVED = frozenset(
    {
        ACTIVATE,
        "/v1/fleet/deactivate-node",
        "/v1/fleet/send-node-heartbeat",
        "/v1/fleet/pull-messages",
        "/v1/fleet/pull-object",
        "/v1/fleet/confirm-message-received",
        PUSH_MESSAGES,
        PUSH_OBJECT,
    }
)
"""Everything else answers 404: Control, Runtime, the documentation, registration, app bundles."""

PROGRESS = frozenset({ACTIVATE, PUSH_MESSAGES, PUSH_OBJECT})
"""The calls after which a reply may be complete, or a waiting node back."""

NOT_AUTHENTICATED = frozenset({400, 401, 415})
"""Flower's answers before it has verified a signature: bad body, bad signature, bad media type."""

Recorder = Callable[[str, bytes], None]
"""Called with the path and the body of every request, served or not."""


class FleetGate:
    """The ASGI application in front of Flower's.

    `on_progress` is called from the server's thread after a call in `PROGRESS`.
    `shut_out` says of a transport key (PEM) whether its node is suspended.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        recorder: Recorder | None,
        on_progress: Callable[[], None],
        max_body_bytes: int,
        shut_out: Callable[[bytes], bool] = lambda key: False,
    ) -> None:
        self._app = app
        self._shut_out = shut_out
        self._recorder = recorder
        self._on_progress = on_progress
        self._max_body_bytes = max_body_bytes
        self._stamps = SpentStamps()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        body = await _read_body(receive, self._max_body_bytes)
        if body is None:
            return await _answer(send, 413)
        if self._recorder is not None:
            self._recorder(path, body)
        claim = _claimed_stamp(scope)
        if refused := self._refusal(scope, body, claim[0]):
            return await _answer(send, refused)
        if not self._stamps.claim(*claim):
            return await _answer(send, 401)
        status = await self._forward(scope, receive, send, body)
        if status in NOT_AUTHENTICATED:
            # A stranger must not be able to spend another node's stamps.
            self._stamps.release(*claim)
            return None
        self._stamps.settle(claim[0])
        if path in PROGRESS:
            self._on_progress()
        return None

    def _refusal(self, scope: Scope, body: bytes, key: bytes) -> int:
        """The status that a call is refused with before Flower sees it; 0 if it is not."""
        if scope["path"] not in SERVED or scope["method"] != "POST":
            return 404
        if scope["path"] == PUSH_MESSAGES and not is_own_reply(body):
            return 403
        return 401 if self._shut_out(_decoded(key)) else 0

    async def _forward(self, scope: Scope, receive: Receive, send: Send, body: bytes) -> int:
        """Hand the call to Flower with the body that was already read; return the status."""
        status = 500
        delivered = False

        async def replay() -> Message:
            nonlocal delivered
            if delivered:
                return await receive()
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, replay, observe)
        return status


def is_own_reply(body: bytes) -> bool:
    """Tell whether a `push-messages` body is one reply, in the pushing node's own name."""
    try:
        request = PushMessagesRequest.FromString(body)
    except DecodeError:
        return False
    if len(request.messages_list) != 1 or len(request.message_object_trees) != 1:
        return False
    metadata = request.messages_list[0].metadata
    return bool(
        metadata.reply_to_message_id
        and metadata.src_node_id == request.node.node_id
        and metadata.dst_node_id == SUPERLINK_NODE_ID
    )


def _claimed_stamp(scope: Scope) -> tuple[bytes, bytes]:
    """Return the public key and the time stamp of a request's headers, as sent."""
    headers = dict(scope["headers"])
    key: bytes = headers.get(FLEET_HTTP_PUBLIC_KEY_HEADER.lower().encode(), b"")
    stamp: bytes = headers.get(TIMESTAMP_HEADER.lower().encode(), b"")
    return key, stamp


def _decoded(header: bytes) -> bytes:
    """The key in a header, as Flower will read it; empty where Flower would not."""
    try:
        return b64decode(header, validate=True)
    except ValueError:
        return b""


async def _read_body(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None where it passes `limit` bytes or its sender left."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body.extend(message.get("body", b""))
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _answer(send: Send, status: int) -> None:
    """Answer with a status and no word of explanation."""
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

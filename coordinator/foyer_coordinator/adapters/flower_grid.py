"""Flower's `Grid` over a link state in our own process: no HTTP hop, no app bundle, no sleep.

Flower's own `HttpGrid` talks to the Runtime API, which we do not serve, and backs off for
a second whenever a reply's objects lag behind the reply. Here a reply whose objects are
still on their way is simply not there yet.
"""

import time
from collections.abc import Iterable

from flwr.app import Error, Message, Metadata, RecordDict
from flwr.app.message import make_message, remove_content_from_message
from flwr.common.constant import SUPERLINK_NODE_ID, ErrorCode
from flwr.server.superlink.linkstate import LinkState
from flwr.serverapp import Grid
from flwr.supercore.inflatable.inflatable_object import (
    UnexpectedObjectContentError,
    get_all_nested_objects,
    get_object_tree,
    iterate_object_tree,
    no_object_id_recompute,
)
from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents
from flwr.supercore.object_store import NoObjectInStoreError
from flwr.supercore.run import Run
from google.protobuf.message import DecodeError

MALFORMED = (
    DecodeError,
    UnexpectedObjectContentError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
)
"""What Flower's inflation raises on bytes that are not the objects they claim to be."""


class LinkGrid(Grid):  # type: ignore[misc]  # Flower's types are not followed
    """One Flower run, seen from the coordinator."""

    def __init__(self, state: LinkState, run: Run) -> None:
        self._state = state
        self._run = run
        self._arriving: dict[str, Message] = {}

    def set_run(self, run: Run) -> None:
        """Point the grid at another run."""
        self._run = run

    @property
    def run(self) -> Run:
        """The run that messages belong to."""
        return self._run

    def create_message(
        self,
        content: RecordDict,
        message_type: str,
        dst_node_id: int,
        group_id: str,
        ttl: float | None = None,
    ) -> Message:
        """Build an instruction of this run; `ttl` in seconds covers the reply too."""
        metadata = Metadata(
            run_id=self._run.run_id,
            message_id="",
            src_node_id=SUPERLINK_NODE_ID,
            dst_node_id=dst_node_id,
            reply_to_message_id="",
            group_id=group_id,
            created_at=time.time(),
            ttl=600.0 if ttl is None else ttl,
            message_type=message_type,
        )
        return make_message(metadata=metadata, content=content)

    def get_node_ids(self) -> Iterable[int]:
        """Return the Flower ids of the nodes that are online."""
        return set(self._state.get_nodes(self._run.run_id))

    def push_messages(self, messages: Iterable[Message]) -> list[str]:
        """Store instructions; return their ids, an empty string for one that was refused."""
        return [self._push(message) for message in messages]

    def _push(self, message: Message) -> str:
        run_id = self._run.run_id
        with no_object_id_recompute():
            message.metadata.__dict__["_message_id"] = message.object_id
            objects = get_all_nested_objects(message)
            tree = get_object_tree(message)
            session = self._state.start_session(run_id)
            stored, missing = self._state.store_message_and_object_tree(
                remove_content_from_message(message), tree, session
            )
            for object_id in missing:
                content = objects[object_id].deflate()
                self._state.store_object(run_id, session, object_id, content)
        return str(message.metadata.message_id) if stored else ""

    def pull_messages(self, message_ids: Iterable[str]) -> list[Message]:
        """Return the replies to `message_ids` that have arrived whole, each once."""
        wanted = set(message_ids)
        fresh = wanted - self._arriving.keys()
        if fresh:
            for reply in self._state.get_message_res(fresh, self._run.run_id):
                self._arriving[reply.metadata.reply_to_message_id] = reply
        replies = []
        for message_id in wanted & self._arriving.keys():
            reply = self._complete(self._arriving[message_id])
            if reply is not None:
                replies.append(reply)
                self.forget(message_id)
        return replies

    def forget(self, message_id: str) -> None:
        """Withdraw an instruction: it is not delivered any more, nor is its reply accepted."""
        reply = self._arriving.pop(message_id, None)
        self._state.delete_messages({message_id})
        store = self._state.object_store
        store.delete(message_id)
        if reply is not None:
            store.delete(reply.metadata.message_id)

    def _complete(self, reply: Message) -> Message | None:
        """Return the reply with its content, or None while objects are on their way."""
        if reply.has_error():
            return reply
        message_id = reply.metadata.message_id
        try:
            tree = self._state.object_store.get_object_tree(message_id)
        except NoObjectInStoreError:
            return _failed(reply, ErrorCode.MESSAGE_UNAVAILABLE)
        contents: dict[str, bytes] = {}
        for node in iterate_object_tree(tree):
            content = self._state.get_object(self._run.run_id, node.object_id)
            if content is None:
                return _failed(reply, ErrorCode.MESSAGE_UNAVAILABLE)
            if not content:
                return None
            contents[node.object_id] = content
        try:
            whole = inflate_object_from_contents(message_id, contents)
            return make_message(metadata=reply.metadata, content=whole.content)
        except MALFORMED:
            return _failed(reply, ErrorCode.UNKNOWN)

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> list[Message]:
        """Send and wait up to `timeout` seconds. `FlowerExchange` waits without polling."""
        pending = {message_id for message_id in self.push_messages(messages) if message_id}
        deadline = None if timeout is None else time.monotonic() + timeout
        replies: list[Message] = []
        while pending and (deadline is None or time.monotonic() < deadline):
            arrived = self.pull_messages(pending)
            replies.extend(arrived)
            pending -= {reply.metadata.reply_to_message_id for reply in arrived}
            time.sleep(0.05 if pending else 0)
        return replies


def _failed(reply: Message, code: int) -> Message:
    """Return an error in a reply's place."""
    return make_message(metadata=reply.metadata, error=Error(code=code, reason="unreadable reply"))

"""One node's calls on the coordinator's fleet port, over mutual TLS.

Outbound HTTPS only. No app bundle is ever fetched and no subprocess is started. What the
coordinator's clock says is believed for one thing: Flower refuses a request signed more
than 5 s in its future, so a node whose clock is wrong signs with the coordinator's time.
"""

import logging
import ssl
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flwr.app import Message
from flwr.app.message import remove_content_from_message
from flwr.common.constant import TIMESTAMP_HEADER
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.fleet_pb2 import (
    ActivateNodeRequest,
    DeactivateNodeRequest,
    PullMessagesRequest,
    PushMessagesRequest,
)
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.message_pb2 import (
    ConfirmMessageReceivedRequest,
    PullObjectRequest,
    PushObjectRequest,
)
from flwr.proto.node_pb2 import Node
from flwr.supercore.constant import FLEET_HTTP_PUBLIC_KEY_HEADER, FLEET_HTTP_SIGNATURE_HEADER
from flwr.supercore.inflatable.inflatable_object import (
    UnexpectedObjectContentError,
    get_all_nested_objects,
    get_object_tree,
    iterate_object_tree,
    no_object_id_recompute,
)
from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents
from flwr.supercore.primitives.asymmetric import public_key_to_bytes, sign_message
from flwr.supercore.protobuf.client import ProtobufCall, ProtobufRequestContext
from flwr.supernode.fleet_http_client import FleetHttpClient
from google.protobuf.message import DecodeError

from foyer_protocol.errors import ConfigError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30.0
OBJECT_SECONDS = 20.0
"""How long an instruction's objects may lag behind the instruction."""

LINK_TROUBLE = (httpx.HTTPError, DecodeError)
"""What a call raises where the coordinator is away, refuses, or answers nonsense."""

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


class _Signer:
    """Signs each request's time stamp with the node's transport key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key: bytes = public_key_to_bytes(key.public_key())
        self.offset = timedelta(0)

    def intercept(self, context: ProtobufRequestContext, call_next: ProtobufCall) -> httpx.Response:
        """Add Flower's three authentication headers."""
        stamp = (datetime.now(UTC) + self.offset).isoformat(timespec="microseconds")
        signature = sign_message(self._key, stamp.encode("ascii"))
        context.request.headers.update(
            {
                FLEET_HTTP_PUBLIC_KEY_HEADER: b64encode(self.public_key).decode("ascii"),
                TIMESTAMP_HEADER: stamp,
                FLEET_HTTP_SIGNATURE_HEADER: b64encode(signature).decode("ascii"),
            }
        )
        response: httpx.Response = call_next(context)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._believe_clock(response.headers.get("date"))
        return response

    def _believe_clock(self, date: str | None) -> None:
        try:
            theirs = parsedate_to_datetime(date or "")
        except ValueError:
            return
        offset = theirs - datetime.now(UTC)
        if abs(offset - self.offset) > timedelta(seconds=2):
            log.warning(
                "this machine's clock is %.0f s off the coordinator's", -offset.total_seconds()
            )
            self.offset = offset


class FleetLink:
    """The fleet calls of one node; safe to use from its loop and its heartbeat thread."""

    def __init__(self, *, address: str, certificate: Path, key: Path, ca: Path) -> None:
        """Prepare to call `address` (`host:port`); nothing is sent.

        Raises:
            ConfigError: a file cannot be read, or the key is not an EC key.
        """
        self._signer = _Signer(_load_key(key))
        context = _tls_context(certificate, key, ca)
        url = f"https://{address}"
        self._fleet = FleetHttpClient(url, interceptors=[self._signer], verify=context)
        # Flower's client follows redirects and, on loopback too, the environment's proxy.
        self._fleet._client.close()
        self._fleet._client = httpx.Client(
            verify=context,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=not _is_loopback(url),
        )

    def close(self) -> None:
        """Close the connections."""
        self._fleet._client.close()

    def activate(self, heartbeat_seconds: float) -> int:
        """Come online; return the id that Flower gives this node."""
        request = ActivateNodeRequest(
            public_key=self._signer.public_key, heartbeat_interval=heartbeat_seconds
        )
        return int(self._fleet.ActivateNode(request).node_id)

    def deactivate(self, node_id: int) -> None:
        """Go offline."""
        self._fleet.DeactivateNode(DeactivateNodeRequest(node_id=node_id))

    def beat(self, node_id: int, heartbeat_seconds: float) -> None:
        """Say that the node is alive."""
        self._fleet.SendNodeHeartbeat(
            SendNodeHeartbeatRequest(
                node=Node(node_id=node_id), heartbeat_interval=heartbeat_seconds
            )
        )

    def pull(self, node_id: int) -> Message | None:
        """Return the next instruction, None where there is none or it was unreadable."""
        node = Node(node_id=node_id)
        response = self._fleet.PullMessages(PullMessagesRequest(node=node))
        if not response.messages_list:
            return None
        try:
            metadata = message_from_proto(response.messages_list[0]).metadata
            contents = self._pull_objects(node, metadata.run_id, response.message_object_trees[0])
            if contents is None:
                return None
            self._fleet.ConfirmMessageReceived(
                ConfirmMessageReceivedRequest(
                    node=node, run_id=metadata.run_id, message_object_id=metadata.message_id
                )
            )
            message = inflate_object_from_contents(metadata.message_id, contents)
            message.metadata.__dict__["_message_id"] = metadata.message_id
        except MALFORMED:
            log.warning("an instruction could not be read; nothing was done")
            return None
        return message

    def _pull_objects(self, node: Node, run_id: int, tree: object) -> dict[str, bytes] | None:
        """Fetch an instruction's objects, or None where it was withdrawn meanwhile."""
        contents: dict[str, bytes] = {}
        deadline = time.monotonic() + OBJECT_SECONDS
        for branch in iterate_object_tree(tree):
            request = PullObjectRequest(node=node, run_id=run_id, object_id=branch.object_id)
            while not (response := self._fleet.PullObject(request)).object_available:
                if not response.object_found or time.monotonic() > deadline:
                    return None
                time.sleep(0.02)
            contents[branch.object_id] = response.object_content
        return contents

    def push(self, node_id: int, reply: Message) -> None:
        """Send a reply and its objects."""
        node = Node(node_id=node_id)
        with no_object_id_recompute():
            reply.metadata.__dict__["_message_id"] = reply.object_id
            objects = get_all_nested_objects(reply)
            response = self._fleet.PushMessages(
                PushMessagesRequest(
                    node=node,
                    messages_list=[message_to_proto(remove_content_from_message(reply))],
                    message_object_trees=[get_object_tree(reply)],
                )
            )
            for object_id in response.objects_to_push:
                self._fleet.PushObject(
                    PushObjectRequest(
                        node=node,
                        run_id=reply.metadata.run_id,
                        session_id=response.session_id,
                        object_id=object_id,
                        object_content=objects[object_id].deflate(),
                    )
                )


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"the transport key {path} cannot be read") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigError(f"the transport key {path} is not an EC key; enrol the node again")
    return key


def _tls_context(certificate: Path, key: Path, ca: Path) -> ssl.SSLContext:
    try:
        # Given a file, Python trusts this network's authority and none of the system's.
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise ConfigError(f"{certificate}, {key} or {ca} cannot be read as TLS files") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

"""What the two gRPC services do: translate, ask the desk or the events, and say refusals.

Whoever speaks on the control port is who the certificate says. Callbacks run in the
stream's reading thread, one at a time for one institution, and may raise a `FoyerError`
to end that stream.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NoReturn, Protocol

import grpc

from foyer_coordinator.adapters.certificates import institution_of
from foyer_coordinator.adapters.control_lines import Line, Switchboard
from foyer_coordinator.enrolment import EnrolRequest, PublicFacts
from foyer_coordinator.enrolment_desk import EnrolmentDesk
from foyer_protocol import control_pb2 as wire
from foyer_protocol.control_pb2_grpc import ControlServicer, EnrolmentServicer
from foyer_protocol.errors import (
    CatalogueMismatch,
    EnrolmentRefused,
    FoyerError,
    LocalProtocolError,
    PrivacyRefusal,
    RemoteProtocolError,
    VersionMismatch,
)
from foyer_protocol.ids import InstitutionId

Recorder = Callable[[str, bytes], None]
"""Called with the method and the serialised message, for every message that arrives."""

STATUS: dict[type[FoyerError], grpc.StatusCode] = {
    EnrolmentRefused: grpc.StatusCode.UNAUTHENTICATED,
    VersionMismatch: grpc.StatusCode.FAILED_PRECONDITION,
    CatalogueMismatch: grpc.StatusCode.FAILED_PRECONDITION,
    PrivacyRefusal: grpc.StatusCode.PERMISSION_DENIED,
    RemoteProtocolError: grpc.StatusCode.INVALID_ARGUMENT,
}
"""Everything else of ours is INTERNAL."""

ACCEPTED = ("foyer-accepted", "1")
"""Said in the first metadata once a hello is accepted, so that the node knows it is heard."""

_STATES: dict[int, str] = {
    wire.STATE_READY: "ready",
    wire.STATE_WORKING: "working",
    wire.STATE_PAUSED: "paused",
    wire.STATE_NO_DATA: "no-data",
}


class NodeEvents(Protocol):
    """What the coordinator does about what nodes say."""

    def on_hello(
        self, institution: InstitutionId, software: str, protocol: int, catalogue: str
    ) -> None:
        """A node has connected. Frames pushed from here on reach it."""
        ...

    def on_status(self, institution: InstitutionId, state: str, data_until: date | None) -> None:
        """A node is `ready`, `working`, `paused` or has `no-data`; its data end on a day."""
        ...

    def on_witness(self, institution: InstitutionId, signed: bytes) -> None:
        """A node says, in its own signature, what it has seen of the history."""
        ...

    def on_helper_key(self, institution: InstitutionId, public: bytes, signature: bytes) -> None:
        """A node wants the next roster to name another helper key: check it before use."""
        ...

    def on_refunded(self, institution: InstitutionId, job_id: str) -> None:
        """A node has kept the certificate of a job that was given up."""
        ...

    def on_refusal(self, institution: InstitutionId, round_id: str, code: str) -> None:
        """A node will not take part in a round, for a reason that has a stable code."""
        ...


class EnrolmentService(EnrolmentServicer):
    """Hands applications to the desk."""

    def __init__(self, desk: EnrolmentDesk, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._clock = clock

    def Enrol(self, request: wire.EnrolRequest, context: grpc.ServicerContext) -> wire.EnrolReply:
        """Spend the code, or say why not."""
        _expect_a_bug(context)
        try:
            grant = self._desk.redeem(_application(request), self._clock())
        except FoyerError as error:
            _refuse(context, error)
        _succeed(context)
        card = grant.card
        return wire.EnrolReply(
            institution=grant.institution,
            network=card.network,
            certificate_pem=grant.certificate_pem,
            authority_pem=card.authority_pem,
            coordinator_key=card.coordinator_key,
            governance_keys=card.governance_keys,
            governance_quorum=card.governance_quorum,
            control_address=card.control_address,
            fleet_address=card.fleet_address,
        )


class ControlService(ControlServicer):
    """Connects each stream to the switchboard and to the coordinator's events."""

    def __init__(self, switchboard: Switchboard, events: NodeEvents, network: str) -> None:
        self._switchboard = switchboard
        self._events = events
        self._network = network

    def Stream(
        self, request_iterator: Iterator[wire.NodeFrame], context: grpc.ServicerContext
    ) -> Iterator[wire.CoordinatorFrame]:
        """Serve one node until it goes, is replaced or is refused."""
        _expect_a_bug(context)
        try:
            institution = self._who(context)
        except FoyerError as error:
            _refuse(context, error)
        line = Line()
        if not context.add_callback(line.close):
            return
        reader = threading.Thread(
            target=self._read,
            args=(institution, request_iterator, line, context),
            name=f"control-{institution}",
            daemon=True,
        )
        reader.start()
        try:
            yield from line.frames()
        finally:
            self._switchboard.leave(institution, line)
        if line.refusal is not None:
            _refuse(context, line.refusal)
        _succeed(context)

    def _who(self, context: grpc.ServicerContext) -> InstitutionId:
        shown: Any = context.auth_context().get("x509_pem_cert", ())
        if len(shown) != 1:
            raise EnrolmentRefused("no certificate was shown; the connection was refused")
        return institution_of(shown[0], self._network)

    def _read(
        self,
        institution: InstitutionId,
        frames: Iterator[wire.NodeFrame],
        line: Line,
        context: grpc.ServicerContext,
    ) -> None:
        try:
            first = next(frames, None)
            if first is None or not first.HasField("hello"):
                raise RemoteProtocolError("the first frame was not a hello; the stream was ended")
            self._switchboard.enter(institution, line)
            self._deliver(institution, first)
            # gRPC sends metadata of its own with the first frame, and ours are then refused.
            context.send_initial_metadata((ACCEPTED,))
            line.accept()
            for frame in frames:
                self._deliver(institution, frame)
        except grpc.RpcError:
            pass  # The stream was cut: the writing side notices by its own callback.
        except FoyerError as error:
            line.close(error)
        finally:
            line.close()
            # The writing side may have left before this side entered.
            self._switchboard.leave(institution, line)

    def _deliver(self, institution: InstitutionId, frame: wire.NodeFrame) -> None:
        match frame.WhichOneof("body"):
            case "hello":
                said = frame.hello
                self._events.on_hello(
                    institution,
                    said.software_version,
                    said.protocol_version,
                    said.catalogue_fingerprint,
                )
            case "status":
                state = _STATES.get(frame.status.state)
                if state is None:
                    raise RemoteProtocolError(
                        f"state {frame.status.state} is none of {', '.join(_STATES.values())};"
                        " the status was not recorded"
                    )
                self._events.on_status(institution, state, _day(frame.status.data_until))
            case "witness":
                self._events.on_witness(institution, frame.witness)
            case "helper_key":
                said_key = frame.helper_key
                self._events.on_helper_key(institution, said_key.public, said_key.signature)
            case "refunded":
                self._events.on_refunded(institution, frame.refunded.job_id)
            case "refusal":
                self._events.on_refusal(institution, frame.refusal.round_id, frame.refusal.code)
            case _:
                raise RemoteProtocolError("a frame has no body that we know; it was not acted on")


class RecordingInterceptor(grpc.ServerInterceptor):
    """Shows each message to `recorder` as the bytes that came, before they are parsed."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Wrap the method's parser."""
        handler = continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        parse = handler.request_deserializer

        def record(message: bytes) -> object:
            self._recorder(handler_call_details.method, message)
            return parse(message)

        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(
                handler.stream_stream, record, handler.response_serializer
            )
        if handler.unary_unary is not None:
            return grpc.unary_unary_rpc_method_handler(
                handler.unary_unary, record, handler.response_serializer
            )
        raise LocalProtocolError(
            f"{handler_call_details.method} is of a kind that cannot be recorded; it was not served"
        )


def _expect_a_bug(context: grpc.ServicerContext) -> None:
    """Decide what the peer hears if the method raises something unforeseen.

    Without this gRPC would send the text of the exception.
    """
    context.set_code(grpc.StatusCode.INTERNAL)
    context.set_details("internal")


def _succeed(context: grpc.ServicerContext) -> None:
    """Take `_expect_a_bug` back: the method has done its work."""
    context.set_code(grpc.StatusCode.OK)
    context.set_details("")


def _refuse(context: grpc.ServicerContext, error: FoyerError) -> NoReturn:
    """End the call with the error's code; message and hint follow if they may leave."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    words = (error.code, error.message, error.hint) if error.may_leave else (error.code,)
    context.abort(status or grpc.StatusCode.INTERNAL, "\n".join(words))


def _application(request: wire.EnrolRequest) -> EnrolRequest:
    facts = request.facts
    return EnrolRequest(
        code=request.code,
        protocol_version=request.protocol_version,
        signing_key=request.signing_key,
        transport_key_pem=request.transport_key_pem,
        helper_key=request.helper_key,
        helper_key_signature=request.helper_key_signature,
        certificate_request_pem=request.certificate_request_pem,
        facts=PublicFacts(
            name=facts.name,
            country=facts.country,
            kind=facts.kind,
            size_band=facts.size_band,
        ),
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RemoteProtocolError(
            "the last day of the data is not written YYYY-MM-DD; the status was not recorded"
        ) from None

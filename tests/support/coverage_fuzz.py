"""One group of boundary readers under Atheris, which keeps what reaches new code.

A program of its own, since libFuzzer ends its process: `python -m tests.support.coverage_fuzz
GROUP CORPUS SECONDS RUNS`. The first byte of an input chooses the reader. Anything but a value
or a `FoyerError` ends it with the traceback and the input.
"""

import sys
import warnings
from pathlib import Path

INSTRUMENTED = ["foyer_protocol", "foyer_node", "foyer_coordinator", "tomllib", "openpyxl"]
"""What it sees the inside of; pydantic's and protobuf's parsers are native and stay dark."""

SLOWEST_SECONDS = 5
"""An input that takes as long is a failure."""

GROUPS = {
    "packed": (
        *("envelope", "signed roster", "report", "unmask request", "unmask answer"),
        *("escrow request", "escrow answer", "abort promise", "abort certificate"),
        *("frame NodeFrame", "frame CoordinatorFrame", "frame EnrolRequest"),
    ),
    "json": (
        *("roster", "plan", "job", "veto job", "release", "refusal", "envelope header"),
        "abort ask",
    ),
    "text": ("invitation", "node.toml", "coordinator.toml", "ledger line"),
    "files": ("CSV", "XLSX"),
}
PLANTED = "planted"
"""A group of one reader that lets an exception out: the fuzzer must find it."""


def planted(raw: bytes) -> None:
    """Fail for one start in 2**32, which guesses alone do not hit in any number of runs here."""
    for place, byte in enumerate(b"\xf0\x0e\x14\x9e"):
        if len(raw) <= place or raw[place] != byte:
            return
    raise ValueError("the planted mistake")


def main(group: str, corpus: str, seconds: str, runs: str) -> None:
    """Fuzz until the time or the runs are over; libFuzzer exits the process."""
    import atheris  # noqa: PLC0415 - before what it instruments

    warnings.simplefilter("ignore")  # a workbook's oddities are not the question
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.support.boundary_readers import readers  # noqa: PLC0415
    from foyer_protocol.errors import FoyerError  # noqa: PLC0415

    chosen = (
        [(b"good", atheris.instrument_func(planted))]
        if group == PLANTED
        else [readers()[name] for name in GROUPS[group]]
    )
    for place, (good, _) in enumerate(chosen):
        Path(corpus, f"good-{place}").write_bytes(bytes([place]) + good)
    room = 2 * max(len(good) for good, _ in chosen)

    def one_input(data: bytes) -> None:
        if not data:
            return
        _, read = chosen[data[0] % len(chosen)]
        try:
            read(data[1:])
        except FoyerError:
            return

    limits = [f"-max_total_time={seconds}", f"-runs={runs}", f"-max_len={room}"]
    atheris.Setup(
        [sys.argv[0], corpus, *limits, f"-timeout={SLOWEST_SECONDS}", "-len_control=0"], one_input
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])

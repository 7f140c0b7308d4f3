"""Promise: whatever is sent or imported, a reader takes it or refuses it, soon and in little room.

Refusing means a `FoyerError`: no other exception comes out of a reader, none takes 2 seconds,
none needs more than 64 MB for an input of a few kilobytes. The fuzzer here makes mistakes in
bytes that the readers accept, anew in each run; `test_coverage_fuzz.py` follows the branches.
"""

import contextlib
import io
import itertools
import os
import re
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.boundary_readers import json_readers, readers
from tests.support.mutation import mutations

from foyer_protocol.errors import FoyerError

NAMES = (
    *("envelope", "signed roster", "report", "unmask request", "unmask answer"),
    *("escrow request", "escrow answer", "roster", "plan", "job", "veto job", "release"),
    *("refusal", "envelope header", "frame NodeFrame", "frame CoordinatorFrame"),
    *("frame EnrolRequest", "invitation", "node.toml", "coordinator.toml", "ledger line"),
    *("CSV", "XLSX"),
    *("abort ask", "abort promise", "abort certificate"),
)
PACKED = NAMES[:7]
JSON = NAMES[7:14]
MESSAGES = NAMES[:14]
PATIENCE_SECONDS = 2.0
ROOM_BYTES = 64 * 2**20
SECONDS_EACH = 6.0
"""How long each reader is fuzzed in `make audit`."""


def refused(name: str, raw: bytes) -> bool:
    """Whether the reader refused; it fails the test if it did anything but read or refuse."""
    began = time.perf_counter()
    try:
        readers()[name][1](raw)
        assert name != "envelope" or raw == readers()[name][0], "it is signed to the last byte"
    except FoyerError:
        return True
    except AssertionError:
        raise
    except Exception as failure:  # noqa: BLE001 - that there is none is what is tested
        pytest.fail(f"{name} let {failure!r} out, for the bytes {raw[:4000].hex()}")
    finally:
        took = time.perf_counter() - began
        assert took < PATIENCE_SECONDS, f"{name} took {took:.1f} s for {raw[:4000].hex()}"
    return False


def test_every_reader_is_here():
    assert set(readers()) == set(NAMES)
    assert set(json_readers()) == set(JSON)


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_takes_what_it_should(name):
    assert not refused(name, readers()[name][0])


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_of_no_bytes_is_refused(name):
    assert refused(name, b"")


@pytest.mark.parametrize("name", NAMES)
def test_a_message_cut_off_at_any_byte_is_read_or_refused(name):
    good = readers()[name][0]
    # Every byte of small messages and of all heads; of bulk, which is opaque, one in some.
    step = max(1, len(good) // 1500)
    places = sorted({*range(min(len(good), 400)), *range(0, len(good), step)})
    verdicts = [refused(name, good[:at]) for at in places]
    if name in MESSAGES:
        assert all(verdicts)


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("size", [2**31, 2**31 - 1, 2**63, 2**64 - 1])
def test_a_part_that_says_it_has_two_gigabytes_is_refused_without_room_for_them(name, size):
    good = readers()[name][0]
    tracemalloc.start()
    try:
        assert refused(name, size.to_bytes(8, "little") + good[8:])
        assert tracemalloc.get_traced_memory()[1] < 2**20 + 4 * len(good)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("place", [b"{", b","])
def test_an_unknown_field_is_refused(name, place):
    good = readers()[name][0]
    field = b'{"aaa":1,' if place == b"{" else b',"zzz":1}'
    assert refused(name, field + good[1:] if place == b"{" else good[:-1] + field)


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_deep_nesting_is_refused(name, opening):
    good = readers()[name][0]
    assert refused(name, opening * 200_000)
    assert refused(name, good.replace(b":", b":" + opening * 50_000, 1))


def test_packages_inside_packages_are_not_followed():
    raw = b""
    for _ in range(1000):
        raw = len(raw).to_bytes(8, "little") + raw
    for name in PACKED:
        assert refused(name, raw)


def workbook_with(edit: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with another first sheet."""
    out = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(readers()["XLSX"][0]))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for part in good.namelist():
            raw = good.read(part)
            bad.writestr(part, edit(raw) if part.endswith("sheet1.xml") else raw)
    return out.getvalue()


def claiming_everything(sheet: bytes) -> bytes:
    """One cell more, in the last row, of a sheet that says it has every column there is."""
    sheet = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', sheet)
    last = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    return sheet.replace(b"</sheetData>", last)


def full_to_the_right(sheet: bytes) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(4, 999))
    return sheet.replace(b"</sheetData>", rows + b"</sheetData>")


def of_entities(sheet: bytes) -> bytes:
    """A few bytes that would be a billion letters."""
    names = b"abcdefghij"
    told = [
        b'<!ENTITY %c "%s">' % (one, b"&%c;" % before * 10)
        for before, one in itertools.pairwise(names)
    ]
    start = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(told) + b"]>"
    return start + re.sub(rb"<\?xml[^>]*>", b"", sheet).replace(b"<v>2</v>", b"<v>&j;</v>")


@pytest.mark.parametrize("edit", [claiming_everything, full_to_the_right, of_entities])
def test_a_small_workbook_takes_little_room_whatever_it_claims(edit):
    raw = workbook_with(edit)
    readers()["XLSX"][1](readers()["XLSX"][0])  # what openpyxl keeps for itself
    tracemalloc.start()
    try:
        with contextlib.suppress(FoyerError):
            readers()["XLSX"][1](raw)
        # The XML parser stops entities once they are a hundred times their source.
        assert tracemalloc.get_traced_memory()[1] < 4 * ROOM_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["node.toml", "coordinator.toml"])
def test_settings_nested_deeply_are_refused(name):
    assert refused(name, readers()[name][0] + b"\nodd = " + b"[" * 5000)


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mistake_in_a_message_is_read_or_refused(name, seed):
    for raw in mutations(readers()[name][0], seed, 3):
        refused(name, raw)


@pytest.mark.parametrize("name", NAMES)
@given(raw=st.binary(max_size=200))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_noise_is_read_or_refused(name, raw):
    refused(name, raw)


@pytest.mark.audit
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_mistakes_are_read_or_refused(name):
    good, ends = readers()[name][0], time.monotonic() + SECONDS_EACH
    counted: Counter[bool] = Counter()
    while time.monotonic() < ends:
        for raw in mutations(good, int.from_bytes(os.urandom(8)), 20):
            counted[refused(name, raw)] += 1
    print(f"{name}: {counted[True]} refused, {counted[False]} read")
    assert counted[True] > 0


@pytest.mark.audit
@pytest.mark.parametrize("name", NAMES)
def test_a_mistake_costs_no_great_room(name):
    good = readers()[name][0]
    for raw in mutations(good, int.from_bytes(os.urandom(8)), 40):
        tracemalloc.start()
        try:
            refused(name, raw)
            room = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert room < ROOM_BYTES + 20 * len(raw), f"{room} bytes for {raw[:4000].hex()}"

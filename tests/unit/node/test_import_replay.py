"""Refused rows wait encrypted, and are corrected and taken without importing the file again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.support.exports import SECRET, House, usual

from foyer_node.importing.replay import Correction, Replayed, replay
from foyer_protocol.catalogue.schema import EligibleLine
from foyer_protocol.errors import ConnectorError

HEADER = "order no,order date,event,event date,qty,amount,email,status\n"
GOOD = "A1,2026-01-14 10:00,Hamlet,2026-02-20 20:00,2,40.00,ada@example.org,Paid"
BAD_DATE = "A1,2026-13-45 10:00,Hamlet,2026-02-20 20:00,9,90.00,ada@example.org,Paid"
ODD_STATUS = "B1,2026-01-15 10:00,Hamlet,2026-02-20 20:00,3,60.00,bo@example.org,Betalt kontant"
CORRECTED = ("A1", "2026-01-14 10:00", "Hamlet", "2026-02-20 20:00", "9", "90.00",
             "ada@example.org", "Paid")  # fmt: skip
NOTHING = Correction(cells={}, statuses={})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House.open(tmp_path)
    take(house, GOOD, BAD_DATE, ODD_STATUS)
    yield house
    house.close()


def take(house: House, *rows: str, name: str = "x.csv") -> None:
    path = house.folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n")
    house.take(path, replace(usual(), most_rejected_share=0.9))


def batch(house: House) -> str:
    return house.store.batches()[0].batch_id


def again(house: House, correction: Correction) -> Replayed:
    return replay(batch(house), correction, usual(), house.store, house.vault, SECRET)


def lines(house: House) -> list[EligibleLine]:
    return list(house.store.lines(date(2020, 1, 1), date(2030, 1, 1)))


def test_refused_rows_are_kept_raw_in_the_vault_and_not_in_the_store(house: House) -> None:
    assert [number for number, _ in house.vault.refused(batch(house))] == [3, 4]
    assert house.vault.refused(batch(house))[0][1][1] == "2026-13-45 10:00"
    contents = {name: rows for name, rows in house.contents().items() if "store." in name}
    assert "2026-13-45" not in repr(contents)
    assert "ada@" not in repr(contents)


def test_a_corrected_cell_lets_its_row_join_the_order_that_was_taken(house: House) -> None:
    assert again(house, Correction(cells={3: CORRECTED}, statuses={})) == Replayed(
        taken=1, still_refused=1
    )
    assert sorted((line.quantity, line.paid_minor) for line in lines(house)) == [
        (2, 4000), (9, 9000),
    ]  # fmt: skip
    assert len({line.order for line in lines(house)}) == 1
    assert house.store.quarantined(batch(house)) == [(4, "unknown-status", "status")]


def test_a_group_is_seen_when_its_refused_rows_have_joined_it(house: House) -> None:
    assert [line.person for line in lines(house)] == [True]
    again(house, Correction(cells={3: CORRECTED}, statuses={}))
    assert [line.person for line in lines(house)] == [False, False]


def test_a_setting_corrects_every_row_that_it_had_refused(house: House) -> None:
    done = again(house, Correction(cells={}, statuses={"Betalt kontant": "SOLD"}))
    assert done == Replayed(taken=1, still_refused=1)
    assert sorted(line.quantity for line in lines(house)) == [2, 3]


def test_nothing_corrected_changes_nothing(house: House) -> None:
    before = house.contents()
    before.pop("store.import_batch")
    assert again(house, NOTHING) == Replayed(taken=0, still_refused=2)
    after = house.contents()
    after.pop("store.import_batch")
    assert after == before


def test_a_corrected_cell_that_is_still_wrong_waits_as_it_was_corrected(house: House) -> None:
    worse = (*CORRECTED[:1], "yesterday", *CORRECTED[2:])
    again(house, Correction(cells={3: worse}, statuses={}))
    assert house.vault.refused(batch(house))[0] == (3, worse)


def test_a_row_of_an_order_that_a_later_import_has_is_left_to_that_import(house: House) -> None:
    take(house, GOOD.replace(",2,", ",4,"), name="later.csv")
    again(house, Correction(cells={3: CORRECTED}, statuses={}))
    assert [line.quantity for line in lines(house)] == [4]


def test_a_replay_cut_off_before_the_vault_knew_adds_nothing_twice(house: House) -> None:
    kept = house.vault.refused(batch(house))
    again(house, Correction(cells={3: CORRECTED}, statuses={}))
    with house.vault.transaction():
        house.vault.keep_refused(batch(house), kept)
    done = lines(house)
    again(house, Correction(cells={3: CORRECTED}, statuses={}))
    assert lines(house) == done


def test_there_is_nothing_to_replay_of_a_batch_without_refused_rows(house: House) -> None:
    take(house, GOOD, name="whole.csv")
    with pytest.raises(ConnectorError, match="no refused rows"):
        replay("0" * 32, NOTHING, usual(), house.store, house.vault, SECRET)

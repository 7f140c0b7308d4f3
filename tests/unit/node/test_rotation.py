"""Promise: a helper key is renewed by steps, each of which may be the last before a crash."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest

from foyer_node.adapters.helper_key_files import KEY, NEXT, OLD, HelperKeyFiles
from foyer_node.rotation import Rotation
from foyer_protocol.crypto.helper_key import PRIVATE_BYTES, HelperKey
from foyer_protocol.crypto.identity import Identity
from foyer_protocol.errors import ConfigError, StorageError
from foyer_protocol.messages.roster import verify_helper_key

TODAY = datetime.now(tz=UTC).date()


@pytest.fixture
def keys(tmp_path):
    made = HelperKeyFiles(tmp_path)
    made.create()
    return made


def names(folder):
    return {path.name for path in folder.iterdir()}


def secret(folder, name):
    return (folder / name).read_bytes()[:PRIVATE_BYTES]


def test_the_first_key_is_made_once_and_knows_its_day(keys, tmp_path):
    first = keys.current()
    keys.create()
    assert keys.current().key.public == first.key.public
    assert TODAY <= first.made <= datetime.now(tz=UTC).date()  # midnight may have passed
    assert keys.pending() is None
    assert names(tmp_path) == {KEY}


def test_the_day_goes_with_the_key_and_not_with_the_file(keys, tmp_path):
    raw = secret(tmp_path, KEY)
    (tmp_path / KEY).write_bytes(raw + b"\n2020-02-29\n")
    assert keys.current().made == date(2020, 2, 29)


def test_a_key_of_before_days_were_kept_still_opens(keys, tmp_path):
    raw = secret(tmp_path, KEY)
    (tmp_path / KEY).write_bytes(raw)
    assert keys.current().key.to_bytes() == raw


def test_a_damaged_day_is_refused(keys, tmp_path):
    (tmp_path / KEY).write_bytes(secret(tmp_path, KEY) + b"\nyesterday\n")
    with pytest.raises(ConfigError, match="after the key stands no day"):
        keys.current()


def test_without_a_key_nothing_is_opened(tmp_path):
    with pytest.raises(ConfigError, match=r"helper\.key is missing"):
        HelperKeyFiles(tmp_path).current()


def test_the_next_key_is_made_once_and_changes_nothing_yet(keys, tmp_path):
    before, coming = keys.current(), keys.make_next()
    assert keys.make_next().key.public == coming.key.public
    assert keys.pending().key.public == coming.key.public
    assert keys.current().key.public == before.key.public
    assert names(tmp_path) == {KEY, NEXT}


@pytest.mark.parametrize("named", ["", "ab" * 1216], ids=["nothing", "another"])
def test_a_roster_that_does_not_name_it_changes_nothing(keys, tmp_path, named):
    before = keys.current()
    keys.make_next()
    for name in (named, before.key.public.hex()):
        assert keys.settle(name).public == before.key.public
    assert names(tmp_path) == {KEY, NEXT}


def test_a_roster_that_names_it_puts_it_in_use_and_destroys_the_old_one(keys, tmp_path):
    coming = keys.make_next()
    assert keys.settle(coming.key.public.hex()).public == coming.key.public
    assert keys.current().made == coming.made
    assert keys.pending() is None
    assert names(tmp_path) == {KEY}


class Killed(BaseException):
    """Stands for kill -9: nothing of ours handles it."""


@dataclass
class Steps:
    """Counts down to the step at which the process dies, before or after its effect."""

    left: int
    taken: list = field(default_factory=list)

    def __call__(self, name):
        self.taken.append(name)
        if self.left == 0:
            raise Killed
        self.left -= 1


class Fragile(HelperKeyFiles):
    """Dies around each rename and each step of the destruction."""

    def __init__(self, folder, steps):
        super().__init__(folder)
        self.steps = steps

    def _move(self, source, target):
        self.steps(f"before {source.name}")
        super()._move(source, target)
        self.steps(f"after {source.name}")

    def _destroy_old(self):
        if self._old.exists():
            self.steps("before the end")
            with self._old.open("r+b") as file:
                file.write(bytes(20))
            self.steps("half overwritten")
            super()._destroy_old()
            self.steps("after the end")


EVERY_STEP = [
    "before helper.key",
    "after helper.key",
    "before helper.next",
    "after helper.next",
    "before the end",
    "half overwritten",
    "after the end",
]


def test_every_step_is_in_the_enumeration(keys, tmp_path):
    coming = keys.make_next()
    steps = Steps(99)
    Fragile(tmp_path, steps).settle(coming.key.public.hex())
    assert steps.taken == EVERY_STEP


@pytest.mark.parametrize("at", range(len(EVERY_STEP)), ids=EVERY_STEP)
def test_killed_at_any_step_a_restart_comes_to_the_same_end(keys, tmp_path, at):
    old, coming = keys.current(), keys.make_next()
    named = coming.key.public.hex()
    with pytest.raises(Killed):
        Fragile(tmp_path, Steps(at)).settle(named)
    seen = HelperKeyFiles(tmp_path).current().key.public  # a command looks in between
    assert seen == (old if at == 0 else coming).key.public
    assert HelperKeyFiles(tmp_path).settle(named).public == coming.key.public
    assert names(tmp_path) == {KEY}
    assert old.key.to_bytes() not in (tmp_path / KEY).read_bytes()


@pytest.mark.parametrize("at", range(1, len(EVERY_STEP)), ids=EVERY_STEP[1:])
def test_killed_after_the_first_step_the_new_key_is_in_use_whatever_the_roster(keys, tmp_path, at):
    coming = keys.make_next()
    with pytest.raises(Killed):
        Fragile(tmp_path, Steps(at)).settle(coming.key.public.hex())
    assert HelperKeyFiles(tmp_path).settle("").public == coming.key.public
    assert names(tmp_path) == {KEY}


def test_a_key_made_while_an_old_one_waits_for_its_end_leaves_no_trace_of_it(keys, tmp_path):
    old, coming = keys.current(), keys.make_next()
    with pytest.raises(Killed):
        Fragile(tmp_path, Steps(4)).settle(coming.key.public.hex())
    third = keys.make_next()
    assert names(tmp_path) == {KEY, NEXT, OLD}
    assert keys.settle(third.key.public.hex()).public == third.key.public
    assert names(tmp_path) == {KEY}
    assert old.key.to_bytes() not in (tmp_path / KEY).read_bytes()


def test_the_old_key_is_overwritten_in_its_place_before_its_name_goes(keys, tmp_path):
    """A second name for the same bytes shows what was left of them on the disk."""
    coming = keys.make_next()
    (tmp_path / "seen").hardlink_to(tmp_path / KEY)
    keys.settle(coming.key.public.hex())
    assert set((tmp_path / "seen").read_bytes()) == {0}


def test_a_disk_that_refuses_is_said_and_gone_on_from(keys, tmp_path):
    coming = keys.make_next()
    (tmp_path / OLD).mkdir()  # in the way of the rename
    with pytest.raises(StorageError, match=r"helper\.key could not be written"):
        keys.settle(coming.key.public.hex())
    (tmp_path / OLD).rmdir()
    assert keys.settle(coming.key.public.hex()).public == coming.key.public


def test_a_key_is_told_while_it_waits_and_in_our_signature(keys):
    told, identity = [], Identity.generate()
    rotation = Rotation(keys=keys, identity=identity, announce=told.append)
    rotation.tell()
    assert told == [None]
    coming = keys.make_next()
    rotation.tell()
    public, signature = told[-1]
    assert public == coming.key.public
    verify_helper_key(identity.public, public, signature)
    keys.settle(public.hex())
    rotation.tell()
    assert told[-1] is None


def test_telling_ends_with_the_node(keys):
    rotation = Rotation(keys=keys, identity=Identity.generate(), announce=lambda told: None)
    stop = threading.Event()
    stop.set()
    rotation.keep(stop)


def test_no_key_is_in_a_repr(keys):
    assert keys.current().key.to_bytes().hex()[:16] not in repr(keys.current())
    assert HelperKey.__name__ not in repr(keys.current())

"""Promise: the round that `protocol/README.md` lets a reader run is one, and each call is there."""

import re

from tests.support.tracked import ROOT, text_of

from foyer_protocol import simulate

FOLDER = ROOT / "protocol"
SECTION = text_of(FOLDER / "README.md").partition("## Follow one round")[2].partition("\n## ")[0]


def rows() -> list[list[str]]:
    """The steps of the table: number, who, what, calls, module."""
    lines = [line.strip("| ").split(" | ") for line in SECTION.splitlines()]
    return [cells for cells in lines if len(cells) == 5 and cells[0].isdigit()]


def test_the_round_runs_as_it_stands_and_says_about_what_is_true(capsys):
    """An error of 65, seven times its standard deviation, is rarer than one in 10⁶."""
    program = re.search(r"```python\n(.*?)```", SECTION, re.DOTALL)
    assert program is not None
    exec(program[1], {})
    said = capsys.readouterr().out.split()
    assert said[0] == "volume.bookers"
    assert abs(int(said[1]) - 25_000) < 65


def test_the_steps_are_in_order():
    assert [cells[0] for cells in rows()] == [str(n) for n in range(1, 13)]


def test_every_call_is_made_by_the_simulation_and_every_module_is_there():
    source = text_of(FOLDER / "foyer_protocol" / "simulate.py")
    for _, _, _, calls, module in rows():
        for call in re.findall(r"`([\w.]+)`", calls):
            found = simulate
            for name in call.split("."):
                found = getattr(found, name)
            assert source.count(call) >= 1, call
        path = re.search(r"\((foyer_protocol/[\w/]+\.py)\)", module)
        assert path is not None
        assert (FOLDER / path[1]).exists(), path[1]

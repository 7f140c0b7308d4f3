"""How much one visitor may move a sum: clipping and rounding, in integers.

The node clips in SQL for speed; these two functions are what that SQL must equal. No
float ever enters a sensitivity argument [CSVW22].
"""

from foyer_protocol.errors import LocalProtocolError


def clip(value: int, cap: int) -> int:
    """One unit's contribution to one slot, in raw units: `value` moved into 0 … `cap`.

    >>> clip(57, 40), clip(-3, 40), clip(7, 40)
    (40, 0, 7)

    Raises:
        LocalProtocolError: `cap` is below 0, so that no value could be within it.
    """
    if cap < 0:
        raise LocalProtocolError(f"a cap of {cap} is below the least contribution, 0")
    return min(max(value, 0), cap)


def round_half_even_steps(minor: int, step: int) -> int:
    """`minor / step` rounded to the nearest whole step, to the even one at a tie.

    Exact for any size and sign, and equal to DuckDB's `round_even` on exact decimals.

    >>> [round_half_even_steps(minor, 50) for minor in (24, 25, 26, 75, 125, -25)]
    [0, 0, 1, 2, 2, 0]

    Raises:
        LocalProtocolError: `step` is below 1.
    """
    if step < 1:
        raise LocalProtocolError(f"a step of {step} minor units is below the least step, 1")
    steps, rest = divmod(minor, step)
    if 2 * rest > step or (2 * rest == step and steps % 2 == 1):
        return steps + 1
    return steps

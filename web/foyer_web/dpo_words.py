"""The README of a data protection officer's export, in the reader's language."""

from datetime import datetime

from foyer_web.languages import N_
from foyer_web.words import Words

COLUMNS: dict[str, str] = {
    "number": N_("the message's number, from 1"),
    "sent_at": N_("when it was written down, just before it left, UTC"),
    "channel": N_("fleet: rounds; control: state and history; enrolment: joining"),
    "kind": N_("the message's technical name"),
    "what": N_("what it is, in words"),
    "round": N_("the round it belongs to"),
    "recipient": N_("who got it"),
    "bytes": N_("its size"),
    "sha256": N_("the hash that was written down when it left"),
    "intact": N_("yes, if the payload here still has that hash"),
    "privacy_cost": N_("what it took of the privacy budget (zCDP), as a fraction"),
    "file": N_("the payload in this archive, exactly as it was sent"),
}
"""Every column of `index.csv`, in order, with its meaning."""


def readme(words: Words, *, institution: str, messages: int, made_at: datetime) -> str:
    """What the archive holds and how to check it, as plain text."""
    width = max(map(len, COLUMNS))
    return "\n".join(
        [
            words.say(N_("Everything that left %(institution)s"), institution=institution),
            "",
            words.say_count(
                "%(number)s message, as of %(moment)s.",
                "%(number)s messages, as of %(moment)s.",
                messages,
                number=words.number(messages),
                moment=words.moment(made_at),
            ),
            words.say(
                N_("No visitor's record is in any of them. Figures leave noised and masked only.")
            ),
            "",
            words.say(N_("payloads/: each message, exactly as it was sent.")),
            words.say(N_("explained/: the same taken apart, as JSON.")),
            words.say(N_("SHA256SUMS: check the payloads with `sha256sum -c SHA256SUMS`.")),
            words.say(N_("index.csv: one line for each message, with these columns:")),
            "",
            *(f"  {name:{width}}  {words.say(meaning)}" for name, meaning in COLUMNS.items()),
            "",
        ]
    )

"""What left the building, in plain words: the kinds of message of each channel."""

from foyer_web.languages import N_
from foyer_web.local_views import SentView
from foyer_web.words import Words

KINDS: dict[tuple[str, str], str] = {
    ("fleet", "report"): N_("Masked numbers for a round"),
    ("fleet", "answer"): N_("Masks of others, summed, as a helper"),
    ("fleet", "shares"): N_("Shares of a silent helper's seeds, as a helper"),
    ("fleet", "refusal"): N_("That this institution stays out of a round, and why"),
    ("fleet", "abort-promise"): N_(
        "The promise, as a helper, never to answer a round that was given up"
    ),
    ("control", "refunded"): N_("That a charge was taken back"),
    ("control", "hello"): N_("Greeting with the versions of the software"),
    ("control", "status"): N_("Ready or not, and how recent the data are"),
    ("control", "witness"): N_("What this institution has seen of the network's history"),
    ("control", "helper_key"): N_("The public half of this institution's next helper key"),
    ("control", "refusal"): N_("That this institution stays out of a round, and why"),
    ("enrolment", "enrol"): N_("Enrolment: the institution's profile and public keys"),
}
"""`KINDS[channel, kind]`."""

RECIPIENTS: dict[str, str] = {"coordinator": N_("Network")}


def kind_of(sent: SentView, words: Words) -> str:
    """What was sent; the technical name where there is no plain one."""
    return named_kind(sent.channel, sent.kind, words)


def named_kind(channel: str, kind: str, words: Words) -> str:
    """The same by a channel's and a kind's technical names."""
    plain = KINDS.get((channel, kind))
    return words.say(plain) if plain else f"{channel}: {kind}"


def recipient_of(sent: SentView, words: Words) -> str:
    """Who got it."""
    return named_recipient(sent.recipient, words)


def named_recipient(recipient: str, words: Words) -> str:
    """The same by the recipient's technical name."""
    return words.say(RECIPIENTS.get(recipient, recipient))

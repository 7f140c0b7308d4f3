"""The page of what the doctor finds, from `foyer_web.check_texts` and the words here.

A code without a longer word says enough by itself; one that is not good needs advice.
"""

from tests.support.doc_commands import NOTE

from foyer_web.check_texts import CHECKS, LABELS, Check

MORE: dict[str, str] = {
    "settings-missing": (
        "The doctor still looks at what needs no settings: disk, memory, keys, encryption,"
        " the history, the network and open ports."
    ),
    "settings-wrong": "The store is not opened then, since it follows the settings.",
    "version-differs": (
        "A node computes only what its own catalogue defines, so it would refuse the round."
        " Whoever is older has to upgrade."
    ),
    "memory-low": (
        "Counted is what this process can still have: what the machine has free, and no"
        " more than its container or slice allows. The engine of the data may take 1 GB."
    ),
    "clock-off": (
        "Compared with the time that the coordinator answers; the doctor sets nothing by"
        " it. From 60 seconds on times mislead; from five minutes on rounds are missed, and"
        " it says broken."
    ),
    "clock-back": "Compared with the newest message in the outbox.",
    "keys-open": "Key files, the data and the ledger are meant for the node's own user.",
    "keys-missing": (
        "Without `identity.key` a node is nobody. See [back up and"
        " restore](how-to.md#back-up-and-restore)."
    ),
    "encrypted-key-here": (
        "Whoever copies the folder has both. The keys may come from the environment"
        " instead: see [keeping data](keeping-data.md)."
    ),
    "data-busy": "An import holds the data; look again when it is over.",
    "data-old": "The last order is more than 45 days old.",
    "quarantine-waits": "From five in a hundred on, figures may well be too low.",
    "policy-paused": "A node that is paused stays in the network and answers no round.",
    "helper-key-pending": (
        "After a month the doctor asks you to look: ask the operator for a roster."
    ),
    "certificate-ends": "Said from 60 days before.",
    "dns-no-name": "The name servers that are listed answered, and know no address for this name.",
    "dns-silent": (
        "Each name server of this machine was asked for itself; those listed did not answer"
        " within 1.5 seconds."
    ),
    "proxy-split": (
        "The connection for messages (gRPC) reads only `grpc_proxy`, `https_proxy` and"
        " `http_proxy` in small letters; the one for rounds (httpx) reads `https_proxy` and"
        " `all_proxy` in small or capital letters. A password in the variable is never"
        " shown."
    ),
    "port-refused": (
        "Somebody answered and said no: the machine is there and nothing listens on that"
        " port, or a firewall rejects."
    ),
    "port-silent": "Not even a no: a firewall that drops, or a machine that is off.",
    "port-cut": "The connection was made, and no encrypted talk came of it.",
    "inspected": (
        "A firewall answers in the coordinator's place and would read along. The node"
        " refuses to talk to it: the certificate was not made by the network's authority."
        " Show IT the name in the finding; it is that of their own firewall. Nothing but an"
        " exemption helps, and none of the firewall's certificates should be given to the"
        " node."
    ),
    "certificate-time": (
        "The network's authority did make it. Its days have not begun or are over, or this"
        " machine's clock is far off."
    ),
    "proxy-refuses": (
        "The proxy's own answer stands at the end. 407 asks for a name and a password,"
        " which go into the variable: `http://name:password@host:port`."
    ),
    "listening-open": (
        "A node only ever dials out. It needs no open port but that of its own pages, and"
        " those only for browsers on other machines. Read from Linux's `/proc`, for this"
        " user's own node processes."
    ),
    "no-answer": "All looks together take nine seconds at most; this one took longer.",
    "cannot-look": (
        "Named is the kind of error and its place in the program, and nothing that stands"
        " in the file."
    ),
}
"""By code, what a steward or an IT department may want to know beyond the finding itself."""


def page() -> str:
    """Every code, with what it says, what to do and why."""
    parts = [
        "# Troubleshooting",
        NOTE.format(module="foyer_web/check_texts.py"),
        "`foyer-node doctor` looks at everything a node needs and says what to do, within ten"
        " seconds even if nothing answers, and on a node that is broken. It exits with 0 if all is"
        " well, 1 if something should be looked at and 2 if rounds cannot work. `--json` prints the"
        " same for a monitoring system: go by `code`, which never changes its meaning, and not by"
        " `text`. The node's status page says the same in six languages.",
        "It opens both connections to the coordinator as a round would, hangs up, and asks on one"
        " for the time by `HEAD /`, which says nothing about this node. Where a name is not found"
        " it asks each name server of this machine for it. It changes nothing.",
        "What a finding does not explain, `foyer-node support-bundle` lets somebody else look at: a"
        " ZIP with nothing about a visitor in it, which says first what it holds. See"
        " [ask for help](how-to.md#ask-for-help).",
        "A finding can also carry the code of a refusal, such as `storage`: see"
        " [problems](../../protocol/docs/problems.md).",
    ]
    for about, label in LABELS.items():
        entries = [_entry(code, check) for code, check in CHECKS.items() if check.about == about]
        if entries:
            parts += [f"## {label}", *entries]
    return "\n\n".join(parts) + "\n"


def _entry(code: str, check: Check) -> str:
    said = [f"**`{code}`**: {_plain(check.text)}."]
    if check.advice:
        said.append(_plain(check.advice))
    if code in MORE:
        said.append(MORE[code])
    return " ".join(said)


def _plain(text: str) -> str:
    """A message id with its places as in `<address>`."""
    return text.replace("%(", "`<").replace(")s", ">`")

"""What a node's doctor can say, by the stable code of what it found.

One place for the command line, the status page and `node/docs/troubleshooting.md`. A code
never changes its meaning; its words may.
"""

from dataclasses import dataclass

from foyer_web.languages import N_

LABELS: dict[str, str] = {
    "settings": N_("Settings"),
    "version": N_("Version"),
    "disk": N_("Disk"),
    "memory": N_("Memory"),
    "clock": N_("Clock"),
    "keys": N_("Keys"),
    "encryption": N_("Encryption of the data"),
    "data": N_("Data"),
    "quarantine": N_("Refused rows"),
    "sources": N_("Sources"),
    "policy": N_("Policy"),
    "ledger": N_("Privacy ledger"),
    "repeats": N_("Questions asked again"),
    "helper-key": N_("Helper key"),
    "history": N_("The network's history"),
    "network": N_("Network"),
    "certificate": N_("Certificate"),
    "dns": N_("Name servers"),
    "proxy": N_("Proxy"),
    "control": N_("Connection for messages"),
    "fleet": N_("Connection for rounds"),
    "listening": N_("Open ports"),
    "pages": N_("These pages"),
    "doctor": N_("Checks"),
}
"""`LABELS[name]` heads a finding. In the order in which they are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found and what to do about it, as message ids. `about`: one of `LABELS`."""

    about: str
    text: str
    advice: str = ""


_SET_CLOCK = N_("Let this machine set its clock by the network (NTP).")
_ENROL_AGAIN = N_("Ask for an invitation and enrol again with this folder: keys and data stay.")

CHECKS: dict[str, Check] = {
    "settings-missing": Check(
        about="settings",
        text=N_("there is no node.toml in this folder"),
        advice=N_("Name the folder with --dir, or make a node with `foyer-node init`."),
    ),
    "settings-wrong": Check(
        about="settings",
        text=N_("cannot be used: %(reason)s"),
        advice=N_("Correct it in node.toml: the reference of settings says what can stand there."),
    ),
    "version-same": Check(
        about="version", text=N_("foyer %(version)s with catalogue %(catalogue)s")
    ),
    "version-differs": Check(
        about="version",
        text=N_("foyer %(version)s; the newest plan is of another catalogue"),
        advice=N_("Install the version that the network's operator names."),
    ),
    "disk-free": Check(about="disk", text=N_("%(free)s MiB free")),
    "disk-low": Check(
        about="disk",
        text=N_("%(free)s MiB free"),
        advice=N_("Make room: a ledger that cannot be written stops every round."),
    ),
    "memory-free": Check(about="memory", text=N_("%(free)s MiB can still be had of %(limit)s MiB")),
    "memory-low": Check(
        about="memory",
        text=N_("%(free)s MiB can still be had of %(limit)s MiB"),
        advice=N_(
            "An import or a round may take %(need)s MiB: give this machine or container more."
        ),
    ),
    "clock-right": Check(
        about="clock", text=N_("at most %(seconds)s seconds from the coordinator's")
    ),
    "clock-off": Check(
        about="clock", text=N_("%(seconds)s seconds from the coordinator's"), advice=_SET_CLOCK
    ),
    "clock-back": Check(
        about="clock",
        text=N_("earlier than what this node sent last: it was set back"),
        advice=_SET_CLOCK,
    ),
    "clock-alone": Check(about="clock", text=N_("nobody could be asked for the time")),
    "keys-private": Check(about="keys", text=N_("only this node's user can read them")),
    "keys-open": Check(
        about="keys",
        text=N_("other users of this machine can read: %(files)s"),
        advice=N_("Take that right away: `chmod -R go= FOLDER` with the node's folder."),
    ),
    "keys-missing": Check(
        about="keys",
        text=N_("missing or damaged: %(files)s"),
        advice=N_("Put them back from their copy. Without one, ask for a new invitation."),
    ),
    "encrypted-key-here": Check(
        about="encryption", text=N_("encrypted; the keys lie in the same folder")
    ),
    "encrypted-key-apart": Check(about="encryption", text=N_("encrypted; the keys lie elsewhere")),
    "data-in-clear": Check(
        about="encryption",
        text=N_("not encrypted: an older version wrote them"),
        advice=N_("Import a file: they are encrypted when they are next written."),
    ),
    "data-busy": Check(about="data", text=N_("being written at this moment")),
    "data-fresh": Check(about="data", text=N_("orders up to %(until)s")),
    "data-old": Check(
        about="data",
        text=N_("orders up to %(until)s"),
        advice=N_("Import a newer export."),
    ),
    "quarantine-none": Check(about="quarantine", text=N_("none wait for correction")),
    "quarantine-waits": Check(
        about="quarantine",
        text=N_("%(percent)s of every hundred rows wait for correction"),
        advice=N_("`foyer-node refused` lists them by import."),
    ),
    "sources-pulled": Check(about="sources", text=N_("all could be pulled")),
    "sources-fail": Check(
        about="sources",
        text=N_("could not be pulled: %(names)s"),
        advice=N_("`foyer-node pull` says why."),
    ),
    "policy-open": Check(about="policy", text=N_("takes part in what node.toml allows")),
    "policy-paused": Check(
        about="policy",
        text=N_("paused: takes part in nothing"),
        advice=N_("To go on, take `paused` out of node.toml and start the node again."),
    ),
    "ledger-unspent": Check(
        about="ledger", text=N_("chain verified, nothing spent of rho %(cap)s")
    ),
    "ledger-spent": Check(
        about="ledger", text=N_("chain verified, spent rho %(spent)s of %(cap)s in %(period)s")
    ),
    "ledger-refunded": Check(
        about="ledger",
        text=N_(
            "chain verified, spent rho %(spent)s of %(cap)s in %(period)s; given back: %(back)s"
        ),
    ),
    "repeat-refused": Check(
        about="repeats",
        text=N_("%(round)s asked what %(before)s had answered; it was refused and cost nothing"),
        advice=N_("Use the release that is there; another answer takes another plan."),
    ),
    "helper-key-fresh": Check(
        about="helper-key", text=N_("made on %(made)s; a new one is due on %(due)s")
    ),
    "helper-key-due": Check(
        about="helper-key",
        text=N_("made on %(made)s; a new one was due on %(due)s"),
        advice=N_("Make one with `foyer-node rotate-helper-key`."),
    ),
    "helper-key-pending": Check(
        about="helper-key",
        text=N_("a new one, made on %(made)s, waits for a roster that names it"),
        advice=N_("It is used once governance has signed the next roster; then the old is erased."),
    ),
    "helper-key-strange": Check(
        about="helper-key",
        text=N_("the roster names a key that this node does not have: it can open no seed"),
        advice=N_("Make a new one with `foyer-node rotate-helper-key` and ask for a new roster."),
    ),
    "history-kept": Check(
        about="history",
        text=N_("entries: %(length)s, ending in %(head)s; members who saw the same: %(agreed)s"),
    ),
    "not-enrolled": Check(
        about="network",
        text=N_("not enrolled in a network yet"),
        advice=N_("Ask the network's operator for an invitation."),
    ),
    "certificate-good": Check(about="certificate", text=N_("good until %(until)s")),
    "certificate-ends": Check(
        about="certificate", text=N_("ends on %(until)s"), advice=_ENROL_AGAIN
    ),
    "certificate-ended": Check(
        about="certificate", text=N_("ended on %(until)s"), advice=_ENROL_AGAIN
    ),
    "certificate-missing": Check(
        about="certificate", text=N_("missing or damaged: %(files)s"), advice=_ENROL_AGAIN
    ),
    "dns-answers": Check(about="dns", text=N_("%(host)s is known")),
    "dns-no-name": Check(
        about="dns",
        text=N_("%(host)s is not known to %(servers)s"),
        advice=N_("Ask IT whether this machine may look up names outside; compare the name too."),
    ),
    "dns-silent": Check(
        about="dns",
        text=N_("%(host)s cannot be looked up: no answer from %(servers)s"),
        advice=N_("Ask IT about these name servers, or set others on this machine."),
    ),
    "proxy-none": Check(about="proxy", text=N_("none is set")),
    "proxy-used": Check(
        about="proxy", text=N_("%(variable)s leads both connections over %(proxy)s")
    ),
    "proxy-unused": Check(
        about="proxy", text=N_("%(variable)s is set and does not concern the coordinator")
    ),
    "proxy-split": Check(
        about="proxy",
        text=N_("%(variable)s leads only one of the two connections over %(proxy)s"),
        advice=N_("Set https_proxy and no_proxy, in small letters: both connections follow them."),
    ),
    "proxy-kind": Check(
        about="proxy",
        text=N_("%(variable)s names no proxy of the form http://host:port"),
        advice=N_("Write it in that form: the node follows no other."),
    ),
    "answers": Check(about="control", text=N_("%(network)s answers at %(address)s")),
    "port-refused": Check(
        about="control",
        text=N_("%(address)s refuses the connection"),
        advice=N_("Ask the operator whether the coordinator runs, and IT about a firewall."),
    ),
    "port-silent": Check(
        about="control",
        text=N_("%(address)s gives no answer"),
        advice=N_("Allow this machine to dial out to that address; nothing needs to come in."),
    ),
    "port-no-route": Check(
        about="control",
        text=N_("no way leads to %(address)s"),
        advice=N_("Look at this machine's network: cable, address and gateway."),
    ),
    "port-cut": Check(
        about="control",
        text=N_("%(address)s is reached, and then the connection is cut"),
        advice=N_("A firewall may cut what it cannot open: have this address exempted."),
    ),
    "proxy-refuses": Check(
        about="control",
        text=N_("the proxy %(proxy)s does not let through to %(address)s: %(reason)s"),
        advice=N_("Ask IT to let this machine through to that address."),
    ),
    "inspected": Check(
        about="control",
        text=N_("%(address)s answers with a certificate made by %(issuer)s"),
        advice=N_("Your network opens encrypted traffic: ask IT to exempt %(address)s."),
    ),
    "certificate-time": Check(
        about="control",
        text=N_("the certificate of %(address)s does not hold at this machine's time"),
        advice=N_("Set this machine's clock; if it is right, tell the network's operator."),
    ),
    "stranger": Check(
        about="control",
        text=N_("%(address)s shows a certificate of somebody else: %(reason)s"),
        advice=N_("A proxy may be inspecting encrypted traffic: have this address exempted."),
    ),
    "unreachable": Check(
        about="control",
        text=N_("%(address)s cannot be reached: %(reason)s"),
        advice=N_("Allow this machine to dial out to that address; nothing needs to come in."),
    ),
    "listening-here": Check(about="listening", text=N_("none to other machines")),
    "listening-open": Check(
        about="listening",
        text=N_("open to other machines: %(addresses)s"),
        advice=N_("Set `host` under [web] in node.toml to 127.0.0.1, unless this is meant."),
    ),
    "pages-here": Check(about="pages", text=N_("served at %(address)s")),
    "pages-open": Check(
        about="pages",
        text=N_("served at %(address)s"),
        advice=N_("Only who has an account reads these pages: look at `foyer-node user list`."),
    ),
    "pages-off": Check(about="pages", text=N_("not being served now")),
    "unchecked": Check(about="doctor", text=N_("not checked on this system")),
    "no-answer": Check(
        about="doctor",
        text=N_("no answer within %(seconds)s seconds"),
        advice=N_("Look again; if it stays so, look at this machine's disk and network."),
    ),
    "cannot-look": Check(
        about="doctor",
        text=N_("cannot be read: %(reason)s"),
        advice=N_("A file of the node is damaged or another user's: put it back from a copy."),
    ),
    "still-looking": Check(
        about="doctor",
        text=N_("still looking"),
        advice=N_("Read this page again in ten seconds."),
    ),
}  # fmt: skip
"""`CHECKS[code]`. What a connection finds is under `control` and holds for `fleet` too."""

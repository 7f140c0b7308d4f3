"""What happens once: a node's folder and keys, its enrolment, and each file it imports."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from foyer_node.adapters.durable import write_durably
from foyer_node.adapters.key_files import NodeKeys, create_keys, read_keys
from foyer_node.adapters.outbox_files import Outbox
from foyer_node.app import Membership, keep_membership, now, reading_store, utc_now
from foyer_node.config import CONFIG_NAME, Institution, NodeConfig, read_config, render_config
from foyer_node.data_ports import Earlier
from foyer_node.enrolment import EnrolmentKeys, PublicFacts, enrol, request_certificate
from foyer_node.following import Network
from foyer_node.importing.report import ImportReport
from foyer_protocol.crypto.identity import fingerprint
from foyer_protocol.errors import ConfigError, NothingImported, StorageError
from foyer_protocol.messages.roster import sign_helper_key

if TYPE_CHECKING:
    from foyer_node.adapters.duckdb_store import DuckDBStore
    from foyer_node.adapters.vault_store import VaultStore
    from foyer_node.importing.pipeline import ImportOptions
    from foyer_node.ports import ReadSource


def make_node(folder: Path, **facts: str) -> str:
    """Make folder, settings and keys, keeping whatever is there. Returns a line to print.

    Raises:
        ConfigError: a fact is impossible; nothing was made.
    """
    try:
        institution = Institution(**facts)
        ZoneInfo(institution.timezone)
    except ValidationError as failure:
        error = failure.errors(include_url=False)[0]
        raise ConfigError(f"{error['loc'][0]}: {error['msg']}; nothing was made") from None
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"{facts['timezone']!r} is no time zone; nothing was made",
            hint="Use a name such as Europe/Copenhagen.",
        ) from None
    path = folder / CONFIG_NAME
    if path.exists():
        kept = read_config(folder).institution
        if kept != institution:
            raise ConfigError(
                f"{path} is of {kept.slug!r} with other facts; nothing was changed",
                hint="Edit the file, or choose another folder.",
            )
    else:
        write_durably(path, render_config(institution).encode(), private=False)
    keys = create_keys(folder / "keys")
    return f"ready to enrol, fingerprint {fingerprint(keys.identity.public)}"


def _transport_public(keys: NodeKeys) -> str:
    private = serialization.load_pem_private_key(keys.transport_key, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ConfigError("keys/transport.key is no EC key; nothing was sent")
    return (
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def enrol_node(config: NodeConfig, invitation: str) -> str:
    """Spend an invitation and keep what the network answered. Returns lines to print.

    Raises:
        EnrolmentRefused: the code is wrong, used, expired or of another server.
    """
    from foyer_node.adapters.enrolment_client import GrpcEnrolment

    keys = read_keys(config.path("keys"))
    outbox = Outbox(config.path("outbox"), now)
    public = keys.helper_key.public
    request = EnrolmentKeys(
        signing_key=keys.identity.public,
        transport_key_pem=_transport_public(keys),
        helper_key=public,
        helper_key_signature=sign_helper_key(public, keys.identity),
        certificate_request_pem=request_certificate(keys.transport_key),
    )
    told = PublicFacts(
        name=config.institution.name,
        country=config.institution.country,
        kind=config.institution.type,
        size_band=config.institution.size_band,
    )
    transport = GrpcEnrolment(
        on_sent=lambda raw: outbox.record(raw, channel="enrolment", kind="enrol")
    )
    answer = enrol(invitation, request, told, transport)
    if answer.institution != config.institution.slug:
        raise ConfigError(
            f"the invitation is for {answer.institution!r}; this node is"
            f" {config.institution.slug!r}; nothing was kept",
            hint="Make the node again under the invited name.",
        )
    write_durably(config.path("keys", "client.pem"), answer.certificate_pem.encode())
    write_durably(config.path("keys", "authority.pem"), answer.authority_pem.encode())
    pinned = Network(
        slug=answer.network,
        institution=answer.institution,
        coordinator_key=answer.coordinator_key,
        governance_keys=answer.governance_keys,
        governance_quorum=answer.governance_quorum,
    )
    keep_membership(
        config,
        Membership(
            network=pinned,
            control_address=answer.control_address,
            fleet_address=answer.fleet_address,
        ),
    )
    governance = "\n".join(f"  governance   {fingerprint(k)}" for k in pinned.governance_keys)
    return (
        f"enrolled {pinned.institution} in {pinned.slug}; compare these aloud with the operator:\n"
        f"  coordinator  {fingerprint(pinned.coordinator_key)}\n{governance}\n"
        f"               {pinned.governance_quorum} of them sign a roster\n"
        f"  this node    {fingerprint(keys.identity.public)}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHints:
    """What a steward can say about a file that does not say it itself."""

    connector: str | None = None
    source_system: str | None = None
    columns: tuple[str, ...] = ()  # "field=column name"
    constants: tuple[str, ...] = ()  # "field=what holds for every row"
    day_first: bool | None = None
    decimal: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    amount_per_ticket: bool = False
    is_complete: bool = False  # the file has every order of its days
    mapping: Path | None = None  # a mapping file; the other hints go over it


def import_export(config: NodeConfig, file: Path, *, apply: bool, hints: FileHints) -> ImportReport:
    """Preview or load one export.

    Raises:
        ConfigError: a column hint is not `field=column name`.
        ConnectorError: the file cannot be read; nothing was imported.
        QuarantineTooLarge: too many rows were refused; nothing was imported.
    """
    from foyer_node.adapters.table_files import source_reader
    from foyer_node.holdings import open_for_writing
    from foyer_node.importing import pipeline

    options = import_options(config, hints)
    read = source_reader(hints.encoding, hints.delimiter)
    if not apply:
        return pipeline.preview(file, options, read, lambda *asked: earlier_of(config, *asked))
    with open_for_writing(config, file) as held:
        return load_into(config, held, file, options, read)


def load_into(
    config: NodeConfig,
    held: "tuple[DuckDBStore, VaultStore, bytes]",
    file: Path,
    options: "ImportOptions",
    read: "ReadSource",
) -> ImportReport:
    """Import one export into what `open_for_writing` holds open; all of it or nothing."""
    from foyer_node.importing import pipeline
    from foyer_node.leaving import delete_by_age, forget_removed

    store, vault, secret = held
    report = pipeline.apply(file, options, store, vault, secret, read)
    if report.removed_orders:
        forget_removed(store, vault)
    delete_by_age(config, store, vault)
    return report


def earlier_of(config: NodeConfig, source_system: str, kind: str) -> Earlier:
    """What the last imports of a source were like; nothing while there is no store to ask."""
    try:
        with reading_store(config) as store:
            return store.earlier(source_system, kind)
    except (NothingImported, StorageError, ConfigError):
        return Earlier()


def import_options(config: NodeConfig, hints: FileHints) -> "ImportOptions":
    """How this house's files are to be read, with what the steward said of one.

    Raises:
        ConfigError: a hint is not `name=value`, or the mapping file is not one.
    """
    from foyer_node.connectors.connector import Reading
    from foyer_node.holdings import house_rules
    from foyer_node.importing.pipeline import ImportOptions

    facts = config.institution
    reading = Reading(
        timezone=facts.timezone,
        currency=facts.currency,
        country=facts.country,
        day_first=hints.day_first,
        decimal=hints.decimal,
        amount_per_ticket=hints.amount_per_ticket,
        today=utc_now().date(),
        columns=named_pairs("--column", hints.columns),
        constants=named_pairs("--value", hints.constants),
    )
    options = ImportOptions(
        reading=reading,
        connector=hints.connector,
        source_system=hints.source_system,
        group_size=config.data.group_size,
        rules=house_rules(config),
        is_complete=hints.is_complete,
    )
    return _mapped(options, hints.mapping) if hints.mapping else options


def _mapped(options: "ImportOptions", file: Path) -> "ImportOptions":
    from foyer_node.mapping.applying import with_mapping
    from foyer_node.mapping.mapping_file import read_mapping

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as failure:
        raise ConfigError(
            f"the mapping file {file.name} cannot be read: {type(failure).__name__};"
            " nothing was read",
            hint="Kept mappings are in the folder `mappings` of the node.",
        ) from None
    return with_mapping(options, read_mapping(text))


def named_pairs(option: str, hints: tuple[str, ...]) -> dict[str, str]:
    """Values of an option that is given as name=value.

    Raises:
        ConfigError: one is not.
    """
    pairs = [hint.partition("=") for hint in hints]
    wrong = [name for name, mark, value in pairs if not (name and mark and value)]
    if wrong:
        raise ConfigError(
            f"{option} takes name=value, not {wrong[0]!r}; nothing was read",
            hint=f"For example {option} event='Name of the show'.",
        )
    return {name.strip("'\""): value.strip("'\"") for name, _, value in pairs}

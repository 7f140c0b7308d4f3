"""The identity vault: raw identifiers, in an encrypted file of their own with its own key.

The only thing it tells an import is a random visitor id. Rounds never open it. Refused
rows wait here too, for their cells are raw.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np

from foyer_node.adapters.database import Database, open_database
from foyer_node.adapters.duckdb_cells import Column, handed_over
from foyer_node.adapters.vault_unsealing import unseal_all
from foyer_node.data_ports import Claim
from foyer_node.ports import Cells
from foyer_protocol.errors import StorageError

_FIRST_OF_EACH = ("DISTINCT ON (keyed_hash)", "ORDER BY keyed_hash, row_number")
_LEAST_DIGITS = 4  # of a number that is looked for in refused rows
TABLES = (
    """CREATE TABLE IF NOT EXISTS identifier (
        id_type VARCHAR NOT NULL, keyed_hash VARCHAR NOT NULL, visitor_id UUID NOT NULL,
        source_system VARCHAR NOT NULL, value VARCHAR NOT NULL)""",
    # Of erased visitors: what must not bring them back, and the moment up to which it holds.
    """CREATE TABLE IF NOT EXISTS suppressed (
        id_type VARCHAR NOT NULL, keyed_hash VARCHAR NOT NULL, until TIMESTAMP NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS refused_row (
        batch_id VARCHAR NOT NULL, row_number BIGINT NOT NULL, cells VARCHAR NOT NULL)""",
)


class VaultStore:
    """Identifiers of one institution. `vault_key` is 32 bytes and is kept elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    @classmethod
    def open(cls, path: Path, vault_key: bytes) -> "VaultStore":
        """Open the vault, creating it where it is not there.

        Raises:
            ConfigError: the key is not 32 bytes.
            StorageError: the file cannot be opened, or not with this key.
        """
        vault = cls(open_database(path, vault_key, memory_limit="256MB"))
        try:
            unseal_all(vault._connection, vault_key, TABLES[0])
            for table in TABLES:
                vault._connection.execute(table)
        except BaseException:
            vault.close()
            raise
        return vault

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def __enter__(self) -> "VaultStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
        """All that is done inside is kept together, or on an exception not at all."""
        self._connection.execute("BEGIN")
        try:
            yield self._connection.execute
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        try:
            self._connection.execute("COMMIT")
        except duckdb.Error as error:
            raise StorageError("The vault could not be written.", hint="Check the disk.") from error

    def resolve(self, claims: Sequence[Claim], source_system: str) -> list[str]:
        """The visitor id of each claim; one never seen before gets a new random id.

        A claim's first identifier decides. Its others then lead to the same visitor
        too, unless they already lead to another: two visitors are never merged here.
        """
        known = self._known(claims)
        added: list[tuple[str, str, str, str, str]] = []
        for claim in sorted(claims, key=lambda claim: -len(claim.identifiers)):
            deciding = claim.identifiers[0][:2]
            visitor = known.get(deciding) or secrets.token_hex(16)
            for kind, hashed, raw in claim.identifiers:
                if (kind, hashed) not in known:
                    known[kind, hashed] = visitor
                    added.append((kind, hashed, visitor, source_system, raw))
        names = ("id_type", "keyed_hash", "visitor_id", "source_system", "value")
        self._append("identifier", names, added)
        return [known[claim.identifiers[0][:2]] for claim in claims]

    def resolve_all(
        self, id_type: str, hashes: Sequence[str], values: Sequence[str], source_system: str
    ) -> list[str]:
        """As `resolve`, of claims that have one identifier each and all of one type."""
        run = self._connection.execute
        random = os.urandom(16 * len(hashes)).hex()
        fresh = [random[at : at + 32] for at in range(0, len(random), 32)]
        asked: dict[str, Column] = {"keyed_hash": hashes, "value": values, "fresh": fresh}
        asked["row_number"] = np.arange(len(hashes))
        # To tell two of one hash apart takes a sort, and of addresses told apart before none are.
        once, first = ("", "") if len(set(hashes)) == len(hashes) else _FIRST_OF_EACH
        with handed_over(self._connection, "asked", asked):
            run(
                f"""INSERT INTO identifier (id_type, keyed_hash, visitor_id, source_system, value)
                   SELECT {once} ?, keyed_hash, fresh::UUID, ?, value FROM asked
                   WHERE keyed_hash NOT IN (SELECT keyed_hash FROM identifier WHERE id_type = ?)
                   {first}""",
                [id_type, source_system, id_type],
            )
            found = run(
                """SELECT replace(visitor_id::VARCHAR, '-', '') AS visitor FROM asked
                   JOIN identifier i ON i.keyed_hash = asked.keyed_hash AND i.id_type = ?
                   ORDER BY row_number""",
                [id_type],
            )
            return list(found.fetchnumpy()["visitor"])

    def _known(self, claims: Sequence[Claim]) -> dict[tuple[str, str], str]:
        keys = [(kind, hashed) for claim in claims for kind, hashed, _ in claim.identifiers]
        return {key: visitor for key, visitor in self._find(keys) if visitor}

    def _find(self, keys: Sequence[tuple[str, str]]) -> list[tuple[tuple[str, str], str]]:
        if not keys:
            return []
        with self._registered("asked", ("id_type", "keyed_hash"), keys):
            rows = self._connection.execute(
                """SELECT DISTINCT id_type, keyed_hash, visitor_id
                   FROM identifier SEMI JOIN asked USING (id_type, keyed_hash)"""
            ).fetchall()
        return [((kind, hashed), visitor.hex) for kind, hashed, visitor in rows]

    def visitors_of(self, keys: Sequence[tuple[str, str]]) -> set[str]:
        """The visitors that identifiers `(id_type, keyed hash)` lead to."""
        return {visitor for _, visitor in self._find(keys)}

    def reveal(self, visitor_id: str) -> list[tuple[str, str]]:
        """The identifiers of one visitor, for the visitor's own requests (access, erasure)."""
        rows = self._connection.execute(
            "SELECT id_type, value FROM identifier WHERE visitor_id = ? ORDER BY ALL", [visitor_id]
        )
        return rows.fetchall()

    def hashes_of(self, visitors: Sequence[str]) -> set[tuple[str, str]]:
        """Every identifier that leads to one of `visitors`, as `(id_type, keyed hash)`."""
        rows = self._connection.execute(
            """SELECT id_type, keyed_hash FROM identifier
               WHERE visitor_id IN (SELECT unnest(?::UUID[]))""",
            [list(visitors)],
        )
        return set(rows.fetchall())

    def words_of(self, visitors: Sequence[str]) -> list[str]:
        """The e-mail addresses of `visitors`, by which refused rows of theirs are found.

        Numbers are left out: they stand in other people's rows for something else.
        """
        rows = self._connection.execute(
            """SELECT DISTINCT value FROM identifier WHERE id_type = 'EMAIL_HMAC'
               AND visitor_id IN (SELECT unnest(?::UUID[]))""",
            [list(visitors)],
        )
        return [value for (value,) in rows.fetchall()]

    def emails_of(self, visitors: Sequence[str]) -> dict[str, str]:
        """The address that each of `visitors` gave last; those without one are left out."""
        rows = self._connection.execute(
            """SELECT visitor_id, last(value ORDER BY rowid) FROM identifier
               WHERE id_type = 'EMAIL_HMAC' AND visitor_id IN (SELECT unnest(?::UUID[]))
               GROUP BY visitor_id""",
            [list(visitors)],
        )
        return {visitor.hex: value for visitor, value in rows.fetchall()}

    def forget(self, visitors: Sequence[str]) -> None:
        """Take every identifier of `visitors` out."""
        self._connection.execute(
            "DELETE FROM identifier WHERE visitor_id IN (SELECT unnest(?::UUID[]))",
            [list(visitors)],
        )

    def forget_all_but(self, visitors: Sequence[str]) -> None:
        """Take out the identifiers of everybody else, as after deletions by age."""
        with self.transaction() as run:
            if not visitors:
                run("DELETE FROM identifier")
                return
            with self._registered("kept", ("visitor_id",), [(one,) for one in visitors]):
                run(
                    """DELETE FROM identifier
                       WHERE visitor_id NOT IN (SELECT visitor_id::UUID FROM kept)"""
                )

    def suppress(self, keys: Sequence[tuple[str, str]], until: datetime) -> None:
        """Let no row dated up to `until` lead to these identifiers' visitors again."""
        with self.transaction() as run:
            for kind, hashed in keys:
                run("DELETE FROM suppressed WHERE id_type = ? AND keyed_hash = ?", [kind, hashed])
                run("INSERT INTO suppressed VALUES (?, ?, ?)", [kind, hashed, until])

    def suppressed_among(self, keys: Sequence[tuple[str, str]]) -> datetime | None:
        """When the visitor of one of these identifiers was erased, None where nobody was."""
        known = self.suppressed()
        return max((known[key] for key in keys if key in known), default=None)

    def suppressed(self) -> Mapping[tuple[str, str], datetime]:
        """Identifiers of erased visitors, and the moment up to which rows are theirs."""
        rows = self._connection.execute("SELECT id_type, keyed_hash, until FROM suppressed")
        return {(kind, hashed): until for kind, hashed, until in rows.fetchall()}

    def keep_refused(self, batch_id: str, rows: Sequence[tuple[int, Cells]]) -> None:
        """Keep the raw cells of a batch's refused rows instead of those kept before."""
        self._connection.execute("DELETE FROM refused_row WHERE batch_id = ?", [batch_id])
        kept = [(batch_id, number, json.dumps(cells, default=str)) for number, cells in rows]
        self._append("refused_row", ("batch_id", "row_number", "cells"), kept)

    def refused(self, batch_id: str) -> list[tuple[int, Cells]]:
        """The raw cells of a batch's refused rows, by row number."""
        rows = self._connection.execute(
            "SELECT row_number, cells FROM refused_row WHERE batch_id = ? ORDER BY row_number",
            [batch_id],
        )
        return [(number, tuple(json.loads(cells))) for number, cells in rows.fetchall()]

    def forget_refused(self, naming: Sequence[str]) -> bool:
        """Take out every refused row with a cell that is one of these words, or holds an address.

        Returns whether there was one.
        """
        addresses = [word.lower() for word in naming if "@" in word]
        numbers = {
            word.lower() for word in naming if "@" not in word and len(word) >= _LEAST_DIGITS
        }
        found = []
        rows = self._connection.execute("SELECT batch_id, row_number, cells FROM refused_row")
        for batch, number, text in rows.fetchall():
            cells = [str(cell).strip().lower() for cell in json.loads(text)]
            if numbers & set(cells) or any(word in cell for word in addresses for cell in cells):
                found.append((batch, number))
        for one in found:
            self._connection.execute(
                "DELETE FROM refused_row WHERE batch_id = ? AND row_number = ?", list(one)
            )
        return bool(found)

    def _append(self, table: str, names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            with self._registered("added", names, rows):
                chosen = ", ".join(names)
                self._connection.execute(f"INSERT INTO {table} SELECT {chosen} FROM added")

    @contextmanager
    def _registered(
        self, view: str, names: Sequence[str], rows: Sequence[tuple[object, ...]]
    ) -> Iterator[None]:
        columns = zip(names, zip(*rows, strict=True), strict=True)
        typed = {
            name: np.array(values, dtype=np.int64) if name == "row_number" else values
            for name, values in columns
        }
        with handed_over(self._connection, view, typed):
            yield

"""Who the rows of a large file are of: each contact once, to a visitor of the vault."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import duckdb
import numpy as np

from foyer_node.adapters.bulk_keys import append, keyed_hex
from foyer_node.adapters.bulk_lines import LINES
from foyer_node.data_ports import BulkKeys, Contacts
from foyer_node.importing.keys import PLAIN_ADDRESS, SHARED

CONTACTS = ("email", "customer_key", "card", "phone")
_SPLIT = 50_000


class People:
    """Makes the table `bulk_person`: a number for each contact, its visitor and of what kind."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, keys: BulkKeys) -> None:
        self._connection = connection
        self._run = connection.execute
        self._keys = keys
        self.said: tuple[str, ...] = ()
        """The columns of `LINES` in which anybody is named."""

    def find(self, left: Sequence[tuple[int, Contacts]], numbers: Sequence[int], rows: int) -> None:
        """`left` are those of the row numbers `numbers` that will be taken, with their contacts.

        Where a row may name somebody in two ways, whom a number leads to depends on who came
        before, in chunks of `rows`: as it does where they are read row by row.
        """
        counted = ", ".join(f"count({name})" for name in CONTACTS)
        row = self._run(f"SELECT {counted} FROM {LINES} WHERE taken").fetchone()
        assert row is not None
        self.said = tuple(name for name, count in zip(CONTACTS, row, strict=True) if count)
        self._run(
            """CREATE OR REPLACE TEMP TABLE bulk_person (number INTEGER, email VARCHAR,
               customer_key VARCHAR, card VARCHAR, phone VARCHAR, id UUID, kind VARCHAR)"""
        )
        if self.said == ("email",) and not any(any(named[1:]) for _, named in left):
            self._addressees()
        elif self.said:
            self._contacts(left)
            refused = np.array(sorted({*numbers} - {at for at, _ in left}), dtype=np.int64)
            self._resolve(refused, rows)

    def _addressees(self) -> None:
        """Plain addresses are keyed and told apart by the database, all others one by one."""
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE bulk_contact AS
                SELECT (row_number() OVER ())::INTEGER AS number, *,
                    regexp_full_match(email, $plain) AS is_plain
                FROM (SELECT DISTINCT email FROM {LINES} WHERE taken AND email IS NOT NULL)""",
            {"plain": PLAIN_ADDRESS},
        )
        inner, outer, prefix = self._keys.email_blocks()
        given = {"inner": inner, "outer": outer, "prefix": prefix}
        for first, last in self._slices():
            found = self._run(
                f"""SELECT number, email, {keyed_hex("email", "prefix")} AS hashed
                    FROM bulk_contact WHERE is_plain AND number BETWEEN {first} AND {last}""",
                given,
            ).fetchnumpy()
            emails = found["email"].tolist()
            ids = self._keys.addressees(found["hashed"].tolist(), emails)
            self._add(number=found["number"], email=emails, id=ids, kind=[""] * len(ids))
        self._name_kinds()
        odd = self._run("SELECT number, email FROM bulk_contact WHERE NOT is_plain").fetchall()
        if odd:
            ids, kinds = self._keys.people([(email, "", "", "") for _, email in odd])
            numbers, emails = zip(*odd, strict=True)
            self._add(number=numbers, email=emails, id=ids, kind=kinds)

    def _name_kinds(self) -> None:
        """By the domain, and where that says nothing by whether many share the address."""
        domain, local = "split_part(email, '@', 2)", "split_part(email, '@', 1)"
        found = self._run(f"SELECT DISTINCT {domain} FROM bulk_person").fetchall()
        names = [name for (name,) in found]
        self._run(
            "CREATE OR REPLACE TEMP TABLE bulk_domain (name VARCHAR, kind VARCHAR, shared VARCHAR)"
        )
        append(self._connection, "bulk_domain", {
            "name": names,
            "kind": [self._keys.kind_of(f"somebody@{name}") for name in names],
            "shared": [self._keys.kind_of(f"{min(SHARED)}@{name}") for name in names],
        })  # fmt: skip
        shared = ", ".join(f"'{name}'" for name in sorted(SHARED))
        self._run(
            f"""UPDATE bulk_person SET kind = CASE WHEN {local} IN ({shared})
                    THEN d.shared ELSE d.kind END
                FROM bulk_domain d WHERE d.name = {domain}"""
        )

    def _slices(self) -> Iterator[tuple[int, int]]:
        row = self._run("SELECT count(*) FROM bulk_contact").fetchone()
        assert row is not None
        return ((at + 1, at + _SPLIT) for at in range(0, row[0], _SPLIT))

    def _contacts(self, left: Sequence[tuple[int, Contacts]]) -> None:
        """The contacts of all rows that will be taken, by the first row that says each."""
        listed = ", ".join(f"coalesce({name}, '') AS {name}" for name in CONTACTS)
        named = " OR ".join(f"{name} IS NOT NULL" for name in self.said)
        self._run(
            """CREATE OR REPLACE TEMP TABLE bulk_named (row INTEGER, email VARCHAR,
               customer_key VARCHAR, card VARCHAR, phone VARCHAR)"""
        )
        if said := [(at, *contacts) for at, contacts in left if any(contacts)]:
            columns = dict(zip(("row", *CONTACTS), zip(*said, strict=True), strict=True))
            append(self._connection, "bulk_named", columns)
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE bulk_contact AS
                SELECT (row_number() OVER (ORDER BY row))::INTEGER AS number, * FROM (
                    SELECT min(row) AS row, * EXCLUDE (row) FROM (
                        SELECT row, {listed} FROM {LINES} WHERE taken AND ({named})
                        UNION ALL SELECT row, {", ".join(CONTACTS)} FROM bulk_named)
                    GROUP BY ALL)"""
        )

    def _resolve(self, refused: np.ndarray, rows: int) -> None:
        first = self._run(f"SELECT min(row) FROM {LINES}").fetchone()
        assert first is not None

        def numbered() -> Iterator[tuple[int, int, Contacts]]:
            for start, end in self._slices():
                found = self._run(
                    f"""SELECT row, number, {", ".join(CONTACTS)} FROM bulk_contact
                        WHERE number BETWEEN {start} AND {end} ORDER BY number"""
                ).fetchall()
                at = np.array([row for row, *_ in found], dtype=np.int64)
                chunks = (at - first[0] - np.searchsorted(refused, at)) // rows
                for chunk, (_, number, *named) in zip(chunks.tolist(), found, strict=True):
                    yield chunk, number, tuple(named)

        for _, some in groupby(numbered(), key=lambda one: one[0]):
            _, numbers, contacts = zip(*some, strict=True)
            ids, kinds = self._keys.people(contacts)
            columns = dict(zip(CONTACTS, zip(*contacts, strict=True), strict=True))
            self._add(number=numbers, id=ids, kind=kinds, **columns)

    def _add(self, **columns: Sequence[object] | np.ndarray) -> None:
        append(self._connection, "bulk_person", columns, empty=("id",))

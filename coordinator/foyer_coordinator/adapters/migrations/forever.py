"""Triggers on a table whose rows are never changed, for both engines."""

from alembic import op


def keep_for_ever(table: str, key: str, refusal: str) -> None:
    """Let the database refuse to change, delete or replace a row; `key` may come once."""
    guards = {"sqlite": _sqlite_guards, "postgresql": _postgres_guards}
    for statement in guards[op.get_bind().dialect.name](table, key, refusal):
        op.execute(statement)


def _sqlite_guards(table: str, key: str, refusal: str) -> tuple[str, ...]:
    stop = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    return (
        f'CREATE TRIGGER {table}_is_not_updated BEFORE UPDATE ON "{table}" {stop}',
        f'CREATE TRIGGER {table}_is_not_deleted BEFORE DELETE ON "{table}" {stop}',
        f"""CREATE TRIGGER {table}_is_not_replaced BEFORE INSERT ON "{table}"
            WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {key} = NEW.{key}) {stop}""",
    )


def _postgres_guards(table: str, _: str, refusal: str) -> tuple[str, ...]:
    act = f"EXECUTE FUNCTION refuse_{table}_change()"
    return (
        f"""CREATE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{refusal}'; END $$""",
        f"""CREATE TRIGGER {table}_is_not_changed BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW {act}""",
        f"""CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON "{table}"
            FOR EACH STATEMENT {act}""",
    )

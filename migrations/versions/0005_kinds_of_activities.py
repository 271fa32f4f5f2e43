"""Activities without a place, calls and tasks; and what other units see of each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

PLACE = "(kind = 'intervention') = (site_id IS NOT NULL)"


def upgrade() -> None:
    _add("activity_type", "kind", "intervention")
    _add("activity_type", "visibility", "private")
    _add("intervention", "kind", "intervention")
    with op.batch_alter_table("intervention") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=True)
        batch.create_check_constraint(op.f("ck_intervention_place"), PLACE)
    with op.batch_alter_table("offer") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """What has no place gets a site of its client that is not on the map."""
    connection = op.get_bind()
    with op.batch_alter_table("intervention") as batch:
        batch.drop_constraint(op.f("ck_intervention_place"), type_="check")
    for table in ("intervention", "offer"):
        found = connection.execute(sa.text(f"SELECT DISTINCT unit_id, client_id FROM {table} WHERE site_id IS NULL"))  # noqa: S608
        for unit_id, client_id in found.all():
            values = {"unit": unit_id, "client": client_id, "reference": f"nowhere-{client_id}"}
            there = connection.execute(sa.text("SELECT id FROM site WHERE reference = :reference"), values).scalar()
            if there is None:
                connection.execute(sa.text(NOWHERE), values)
            connection.execute(
                sa.text(
                    f"UPDATE {table} SET site_id = (SELECT id FROM site WHERE reference = :reference)"  # noqa: S608
                    " WHERE site_id IS NULL AND client_id = :client"
                ),
                values,
            )
    with op.batch_alter_table("offer") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("intervention") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("kind")
    with op.batch_alter_table("activity_type") as batch:
        batch.drop_column("visibility")
        batch.drop_column("kind")


NOWHERE = (
    "INSERT INTO site (unit_id, client_id, reference, name, address, postcode, city, access_notes)"
    " VALUES (:unit, :client, :reference, '', '-', '', '', '')"
)


def _add(table: str, column: str, value: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column(column, sa.Text(), nullable=False, server_default=value))
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column, existing_type=sa.Text(), server_default=None)

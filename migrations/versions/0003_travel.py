"""How long drives take: what a road service told, and what was learned from closed visits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "road_source",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("silent_since", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_road_source")),
    )
    op.create_table(
        "drives_from",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("origin_cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("drives", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("provider", "version", "origin_cell", name=op.f("pk_drives_from")),
    )
    op.create_table(
        "learned_travel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("learned_at", INSTANT, nullable=False),
        sa.Column("legs", sa.Integer(), nullable=False),
        sa.Column("fixed_minutes", sa.Double(), nullable=False),
        sa.Column("minutes_per_km", sa.Double(), nullable=False),
        sa.Column("slowness", JSON, nullable=False),
        sa.Column("speeds", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_learned_travel_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_travel")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_learned_travel_unit_id")),
    )


def downgrade() -> None:
    op.drop_table("learned_travel")
    op.drop_table("drives_from")
    op.drop_table("road_source")

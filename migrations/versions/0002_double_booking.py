"""No technician is ever booked twice: the last line, in the schema.

The check with travel times happens in the transaction (`planning/place.py`); what it misses stops here.
SQLite drops triggers when a batch migration rebuilds the table: a later one that touches `visit` creates them again.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

EXCLUSION = """
ALTER TABLE visit ADD CONSTRAINT ex_visit_double_booking EXCLUDE USING gist (
    int8range(technician_id, technician_id, '[]') WITH =,
    tstzrange(begins_at, ends_at) WITH &&
) WHERE (is_occupying)
"""

TRIGGER = """
CREATE TRIGGER visit_double_booking_{event} BEFORE {event_words} ON visit
WHEN new.is_occupying AND EXISTS (
    SELECT 1 FROM visit
    WHERE technician_id = new.technician_id AND id IS NOT new.id AND is_occupying
      AND begins_at < new.ends_at AND new.begins_at < ends_at
)
BEGIN SELECT RAISE(ABORT, 'double booking'); END
"""
EVENTS = {"insert": "INSERT", "update": "UPDATE OF technician_id, begins_at, ends_at, is_occupying"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(EXCLUSION)
        return
    for event, words in EVENTS.items():
        op.execute(TRIGGER.format(event=event, event_words=words))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE visit DROP CONSTRAINT ex_visit_double_booking")
        return
    for event in EVENTS:
        op.execute(f"DROP TRIGGER visit_double_booking_{event}")

"""The portal that an administrator shapes: form versions, actions, triggers, messages, files, waiting list, offers."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

# table → column, and what it holds in rows that are there already (None: nothing)
ADDED: dict[str, list[tuple[sa.Column[Any], str | None]]] = {
    "activity_type": [
        (sa.Column("help", JSON), "{}"),
        (sa.Column("crew_size", sa.Integer()), "1"),
        (sa.Column("arrival_windows", JSON), "[]"),
        (sa.Column("reschedule_notice_hours", sa.Integer()), "0"),
        (sa.Column("cancel_notice_hours", sa.Integer()), "0"),
        (sa.Column("lowest_band", sa.Text()), "red"),
        (sa.Column("due_days", sa.Integer()), None),
        (sa.Column("is_price_shown", sa.Boolean()), "true"),
        (sa.Column("shown", JSON), '["status", "technician", "arrival_window", "answers", "report", "price"]'),
        (sa.Column("history_days", sa.Integer()), None),
        (sa.Column("checklist", JSON), "[]"),
        (sa.Column("closing_form_id", sa.Integer()), None),
        (sa.Column("version", sa.Integer()), "1"),
    ],
    "booking_draft": [
        (sa.Column("form_version_id", sa.Integer()), None),
        (sa.Column("action_id", sa.Integer()), None),
    ],
    "client": [
        (sa.Column("custom", JSON), "{}"),
        (sa.Column("version", sa.Integer()), "1"),
    ],
    "contact": [
        (sa.Column("role", sa.Text()), "all"),
        (sa.Column("channel", sa.Text()), ""),
        (sa.Column("has_opted_out", sa.Boolean()), "false"),
    ],
    "form": [
        (sa.Column("draft", JSON), "[]"),
        (sa.Column("published_number", sa.Integer()), None),
        (sa.Column("is_archived", sa.Boolean()), "false"),
        (sa.Column("version", sa.Integer()), "1"),
    ],
    "intervention": [
        (sa.Column("form_version_id", sa.Integer()), None),
        (sa.Column("wanted_on", sa.Date()), None),
        (sa.Column("wanted_part", sa.Text()), ""),
        (sa.Column("confirmed_at", INSTANT), None),
        (sa.Column("times_moved", sa.Integer()), "0"),
        (sa.Column("checked", JSON), "[]"),
    ],
    "outbox_message": [
        (sa.Column("contact_id", sa.Integer()), None),
        (sa.Column("not_before_at", INSTANT), None),
        (sa.Column("reason", sa.Text()), ""),
        (sa.Column("resends_id", sa.Integer()), None),
    ],
    "portal_action": [
        (sa.Column("help", JSON), "{}"),
        (sa.Column("icon", sa.Text()), ""),
        (sa.Column("is_on", sa.Boolean()), "true"),
        (sa.Column("is_for_unit", sa.Boolean()), "false"),
        (sa.Column("form_id", sa.Integer()), None),
        (sa.Column("new_activity_type_id", sa.Integer()), None),
        (sa.Column("lowest_band", sa.Text()), ""),
        (sa.Column("counts_as_confirmed", sa.Boolean()), "false"),
        (sa.Column("notice_hours", sa.Integer()), None),
        (sa.Column("most_times", sa.Integer()), None),
        (sa.Column("is_archived", sa.Boolean()), "false"),
        (sa.Column("version", sa.Integer()), "1"),
    ],
    "questionnaire_response": [
        (sa.Column("form_version_id", sa.Integer()), None),
        (sa.Column("reminded_at", INSTANT), None),
        (sa.Column("reminder_hash", sa.Text()), None),
    ],
    "sign_in_session": [
        (sa.Column("viewed_by_id", sa.Integer()), None),
        (sa.Column("viewed_at", INSTANT), None),
    ],
}

# table, column, the table it points to
FOREIGN_KEYS = [
    ("activity_type", "closing_form_id", "form"),
    ("booking_draft", "action_id", "portal_action"),
    ("booking_draft", "form_version_id", "form_version"),
    ("intervention", "form_version_id", "form_version"),
    ("outbox_message", "contact_id", "contact"),
    ("outbox_message", "resends_id", "outbox_message"),
    ("portal_action", "new_activity_type_id", "activity_type"),
    ("portal_action", "form_id", "form"),
    ("questionnaire_response", "form_version_id", "form_version"),
    ("sign_in_session", "viewed_by_id", "staff"),
]

# table, name, columns: indexes that are new, and those that longer ones replace
NEW_INDEXES = [
    ("intervention", "ix_intervention_client_id_window_begins_at", ["client_id", "window_begins_at"]),
    ("intervention", "ix_intervention_contact_id", ["contact_id"]),
    ("outbox_message", "ix_outbox_message_about", ["about_kind", "about_id"]),
    ("outbox_message", "ix_outbox_message_contact_id", ["contact_id"]),
    ("outbox_message", "ix_outbox_message_unit_id_created_at", ["unit_id", "created_at"]),
    ("portal_action", "ix_portal_action_activity_type_id", ["activity_type_id"]),
    ("visit", "ix_visit_begins_at", ["begins_at"]),
]
OLD_INDEXES = [
    ("intervention", "ix_intervention_client_id", ["client_id"]),
    ("outbox_message", "ix_outbox_message_unit_id", ["unit_id"]),
]
NEW_TABLES = [
    "message_text",
    "stored_file",
    "form_version",
    "contact_site",
    "permanent_code",
    "trigger",
    "document",
    "form_answer",
    "message",
    "trigger_firing",
    "visit_link",
    "offer",
    "waiting_entry",
]

FORM_FIELD = ("code", "kind", "label", "help", "options", "is_required", "position")


def upgrade() -> None:
    _create_tables()
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column, value in columns:
                batch.add_column(sa.Column(column.name, column.type, nullable=value is None, server_default=value))
    _keep_fields_as_versions()
    _offer_what_was_bookable()
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column, value in columns:
                if value is not None:
                    batch.alter_column(column.name, server_default=None)
            for name, target in _foreign_keys(table):
                batch.create_foreign_key(op.f(f"fk_{table}_{name}_{target}"), target, [name], ["id"])
            if table == "activity_type":
                batch.create_check_constraint(op.f("ck_activity_type_crew_size"), "crew_size > 0")
            if table == "portal_action":
                batch.drop_constraint(op.f("uq_portal_action_activity_type_id_kind"), type_="unique")
            if table == "questionnaire_response":
                batch.alter_column("form_version_id", nullable=False)
                batch.create_unique_constraint(op.f("uq_questionnaire_response_reminder_hash"), ["reminder_hash"])
    for table, name, _columns in OLD_INDEXES:
        op.drop_index(name, table)
    for table, name, columns_ in NEW_INDEXES:
        op.create_index(name, table, columns_)
    op.drop_table("form_field")


def downgrade() -> None:
    _create_form_field()
    _keep_versions_as_fields()
    op.execute("UPDATE booking_draft SET action_id = NULL")
    op.execute("DELETE FROM form_answer")  # the table goes; its rows point to actions that go before it
    op.execute("DELETE FROM portal_action WHERE kind NOT IN ('reschedule', 'cancel')")
    op.execute(
        "DELETE FROM portal_action WHERE EXISTS (SELECT 1 FROM portal_action AS first"
        " WHERE first.activity_type_id = portal_action.activity_type_id AND first.kind = portal_action.kind"
        " AND first.id < portal_action.id)"
    )
    for table, name, _columns in NEW_INDEXES:
        op.drop_index(name, table)
    for table, name, columns_ in OLD_INDEXES:
        op.create_index(name, table, columns_)
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for name, target in _foreign_keys(table):
                batch.drop_constraint(op.f(f"fk_{table}_{name}_{target}"), type_="foreignkey")
            if table == "activity_type":
                batch.drop_constraint(op.f("ck_activity_type_crew_size"), type_="check")
            if table == "questionnaire_response":
                batch.drop_constraint(op.f("uq_questionnaire_response_reminder_hash"), type_="unique")
            for column, _value in columns:
                batch.drop_column(column.name)
            if table == "portal_action":
                batch.create_unique_constraint(
                    op.f("uq_portal_action_activity_type_id_kind"), ["activity_type_id", "kind"]
                )
    for table in reversed(NEW_TABLES):
        op.drop_table(table)


def _foreign_keys(table: str) -> Iterator[tuple[str, str]]:
    return ((name, target) for source, name, target in FOREIGN_KEYS if source == table)


def _keep_fields_as_versions() -> None:
    """Each form that has fields becomes its version 1, which every answer of before belongs to."""
    connection = op.get_bind()
    field, version = _table("form_field", "form_id", *FORM_FIELD), _table("form_version", *VERSION)
    forms: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(sa.select(field).order_by(field.c.form_id, field.c.position)).mappings():
        kept = {name: row[name] for name in FORM_FIELD if name != "position"}
        kept["is_required"] = bool(kept["is_required"])
        forms.setdefault(row["form_id"], []).append(kept)
    for form_id, fields in forms.items():
        values = {"form_id": form_id, "number": 1, "fields": fields, "published_by": ""}
        connection.execute(version.insert().values(published_at=sa.func.now(), **values))
    op.execute("UPDATE form SET published_number = 1 WHERE id IN (SELECT form_id FROM form_version)")
    op.execute(
        "UPDATE form SET draft = (SELECT fields FROM form_version WHERE form_version.form_id = form.id)"
        " WHERE published_number = 1"
    )
    op.execute(
        "UPDATE questionnaire_response SET form_version_id ="
        " (SELECT form_version.id FROM form_version WHERE form_version.form_id = questionnaire_response.form_id)"
    )
    op.execute(
        "UPDATE intervention SET form_version_id = (SELECT form_version.id FROM form_version JOIN activity_type"
        " ON activity_type.intake_form_id = form_version.form_id"
        " WHERE activity_type.id = intervention.activity_type_id)"
    )


def _keep_versions_as_fields() -> None:
    """The published version of each form becomes its fields; kinds of before know no others."""
    connection = op.get_bind()
    field, version = _table("form_field", "form_id", *FORM_FIELD), _table("form_version", *VERSION)
    form = _table("form", "id", "published_number")
    published = sa.select(version).join(
        form, sa.and_(form.c.id == version.c.form_id, form.c.published_number == version.c.number)
    )
    for row in connection.execute(published).mappings().all():
        for position, kept in enumerate(row["fields"]):
            values = {name: kept.get(name) for name in FORM_FIELD}
            values |= {"form_id": row["form_id"], "position": position}
            values |= {"help": kept.get("help") or {}, "options": list(kept.get("options") or [])}
            connection.execute(field.insert().values(**{**values, "is_required": bool(kept.get("is_required"))}))


def _offer_what_was_bookable() -> None:
    """What clients could book because it was on the portal has an action that says so from now on."""
    connection = op.get_bind()
    kind, action = _table("activity_type", "id"), _table("portal_action", *ACTION)
    for (activity_type_id,) in connection.execute(sa.select(kind.c.id)).all():
        values = {"kind": "book", "label": {}, "help": {}, "conditions": {}, "position": -1, "is_for_unit": True}
        connection.execute(action.insert().values(activity_type_id=activity_type_id, **values))


VERSION = ("form_id", "number", "fields", "published_at", "published_by")
ACTION = ("activity_type_id", "kind", "label", "help", "conditions", "position", "is_for_unit")
TYPES = {
    "fields": JSON,
    "label": JSON,
    "help": JSON,
    "options": JSON,
    "conditions": JSON,
    "published_at": INSTANT,
    "is_required": sa.Boolean(),
    "is_for_unit": sa.Boolean(),
}


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, TYPES.get(column)) for column in columns))


def _create_form_field() -> None:
    op.create_table(
        "form_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", JSON, nullable=False),
        sa.Column("help", JSON, nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_field_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_field")),
        sa.UniqueConstraint("form_id", "code", name=op.f("uq_form_field_form_id_code")),
    )


def _create_tables() -> None:
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sms", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_message_text_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
        sa.UniqueConstraint("unit_id", "kind", "locale", name=op.f("uq_message_text_unit_id_kind_locale")),
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_stored_file_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index("ix_stored_file_about", ["about_kind", "about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "form_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_version_form_id_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_version_form_id_number")),
    )
    op.create_table(
        "contact_site",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_contact_site_contact_id_contact")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_contact_site_site_id_site")),
        sa.PrimaryKeyConstraint("contact_id", "site_id", name=op.f("pk_contact_site")),
    )
    op.create_table(
        "permanent_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_permanent_code_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_permanent_code_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permanent_code")),
    )
    with op.batch_alter_table("permanent_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permanent_code_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "trigger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("relative_to", sa.Text(), nullable=False),
        sa.Column("offset_minutes", sa.Integer(), nullable=False),
        sa.Column("activity_type_id", sa.Integer(), nullable=True),
        sa.Column("conditions", JSON, nullable=False),
        sa.Column("repeats", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("switched_on_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_type_id"], ["activity_type.id"], name=op.f("fk_trigger_activity_type_id_activity_type")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_trigger_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger")),
    )
    with op.batch_alter_table("trigger", schema=None) as batch_op:
        batch_op.create_index("ix_trigger_unit_id_event", ["unit_id", "event"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_document_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_document_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index("ix_document_intervention_id", ["intervention_id"], unique=False)

    op.create_table(
        "form_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["portal_action.id"], name=op.f("fk_form_answer_action_id_portal_action")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_form_answer_client_id_client")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_form_answer_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["form_version_id"], ["form_version.id"], name=op.f("fk_form_answer_form_version_id_form_version")
        ),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_form_answer_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_form_answer_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answer")),
    )
    with op.batch_alter_table("form_answer", schema=None) as batch_op:
        batch_op.create_index("ix_form_answer_form_version_id", ["form_version_id", "answered_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_answer_intervention_id"), ["intervention_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_message_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_message_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_intervention_id", ["intervention_id", "id"], unique=False)

    op.create_table(
        "trigger_firing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("trigger_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("cause_at", INSTANT, nullable=True),
        sa.Column("fired_at", INSTANT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_trigger_firing_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["trigger_id"], ["trigger.id"], name=op.f("fk_trigger_firing_trigger_id_trigger")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_trigger_firing_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger_firing")),
        sa.UniqueConstraint("trigger_id", "key", name=op.f("uq_trigger_firing_trigger_id_key")),
    )
    with op.batch_alter_table("trigger_firing", schema=None) as batch_op:
        batch_op.create_index("ix_trigger_firing_intervention_id", ["intervention_id", "trigger_id"], unique=False)
        batch_op.create_index("ix_trigger_firing_trigger_id_fired_at", ["trigger_id", "fired_at"], unique=False)

    op.create_table(
        "visit_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("signed_in_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_visit_link_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_visit_link_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_visit_link_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visit_link_token_hash")),
    )
    with op.batch_alter_table("visit_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_link_intervention_id"), ["intervention_id"], unique=False)

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", INSTANT, nullable=False),
        sa.Column("slots", JSON, nullable=False),
        sa.Column("refused", JSON, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("taken", JSON, nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_type_id"], ["activity_type.id"], name=op.f("fk_offer_activity_type_id_activity_type")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_offer_client_id_client")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_offer_contact_id_contact")),
        sa.ForeignKeyConstraint(["draft_id"], ["booking_draft.id"], name=op.f("fk_offer_draft_id_booking_draft")),
        sa.ForeignKeyConstraint(["result_id"], ["intervention.id"], name=op.f("fk_offer_result_id_intervention")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_offer_site_id_site")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_offer_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.create_index("ix_offer_draft_id", ["draft_id"], unique=False)
        batch_op.create_index("ix_offer_result_id", ["result_id"], unique=False)
        batch_op.create_index("ix_offer_unit_id_shown_at", ["unit_id", "shown_at"], unique=False)

    op.create_table(
        "waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", JSON, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("offered_until", INSTANT, nullable=True),
        sa.Column("passed_over", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_waiting_entry_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["booking_draft.id"], name=op.f("fk_waiting_entry_draft_id_booking_draft")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_waiting_entry_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_entry")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_waiting_entry_draft_id")),
    )
    with op.batch_alter_table("waiting_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_entry_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_waiting_entry_unit_id_state", ["unit_id", "state"], unique=False)

"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_object", ["object_kind", "object_id", "id"], unique=False)
        batch_op.create_index("ix_audit_entry_unit_id_id", ["unit_id", "id"], unique=False)

    op.create_table(
        "business_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_unit")),
        sa.UniqueConstraint("slug", name=op.f("uq_business_unit_slug")),
    )
    op.create_table(
        "geocoded_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_geocoded_address")),
        sa.UniqueConstraint("query", name=op.f("uq_geocoded_address_query")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("is_cancel_wanted", sa.Boolean(), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "blackout_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_blackout_day_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blackout_day")),
        sa.UniqueConstraint("unit_id", "day_on", name=op.f("uq_blackout_day_unit_id_day_on")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("portal_access", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_client_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("unit_id", "reference", name=op.f("uq_client_unit_id_reference")),
    )
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.create_index("ix_client_unit_id_name", ["unit_id", "name"], unique=False)

    op.create_table(
        "form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_form_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_form_unit_id_code")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("identity_hash", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_one_time_code_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_one_time_code_link_hash")),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index("ix_one_time_code_identity", ["unit_id", "identity_hash", "created_at"], unique=False)

    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("attachments", JSON, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_outbox_message_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_message_state", ["state", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_message_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("principal_kind", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_sign_in_session_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_session_principal", ["principal_kind", "principal_id"], unique=False)

    op.create_table(
        "skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_skill_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_skill_unit_id_code")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_staff_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "activity_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("description", JSON, nullable=False),
        sa.Column("icon", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("arrival_window_minutes", sa.Integer(), nullable=False),
        sa.Column("booking_notice_hours", sa.Integer(), nullable=False),
        sa.Column("booking_horizon_days", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_on_portal", sa.Boolean(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("intake_form_id", sa.Integer(), nullable=True),
        sa.Column("questionnaire_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("arrival_window_minutes > 0", name=op.f("ck_activity_type_arrival_window_minutes")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_activity_type_minutes")),
        sa.ForeignKeyConstraint(["intake_form_id"], ["form.id"], name=op.f("fk_activity_type_intake_form_id_form")),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["form.id"], name=op.f("fk_activity_type_questionnaire_id_form")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_activity_type_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_type")),
        sa.UniqueConstraint("unit_id", "reference", name=op.f("uq_activity_type_unit_id_reference")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_contact_client_id_client")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_contact_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ix_contact_unit_id_email", ["unit_id", "email"], unique=False)
        batch_op.create_index("ix_contact_unit_id_phone", ["unit_id", "phone"], unique=False)

    op.create_table(
        "draft_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("day_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_draft_plan_created_by_staff")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_draft_plan_job_id_job")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_draft_plan_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_plan")),
    )
    with op.batch_alter_table("draft_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_plan_unit_id"), ["unit_id"], unique=False)

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
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("access_notes", sa.Text(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_site_located")),
        sa.CheckConstraint("latitude IS NULL OR latitude BETWEEN -90 AND 90", name=op.f("ck_site_latitude")),
        sa.CheckConstraint("longitude IS NULL OR longitude BETWEEN -180 AND 180", name=op.f("ck_site_longitude")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_site_client_id_client")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_site_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("unit_id", "reference", name=op.f("uq_site_unit_id_reference")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_client_id"), ["client_id"], unique=False)

    op.create_table(
        "technician",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("home_address", sa.Text(), nullable=False),
        sa.Column("home_latitude", sa.Double(), nullable=False),
        sa.Column("home_longitude", sa.Double(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("home_latitude BETWEEN -90 AND 90", name=op.f("ck_technician_home_latitude")),
        sa.CheckConstraint("home_longitude BETWEEN -180 AND 180", name=op.f("ck_technician_home_longitude")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_technician_staff_id_staff")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_technician_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_technician_staff_id")),
        sa.UniqueConstraint("unit_id", "reference", name=op.f("uq_technician_unit_id_reference")),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_absence_interval")),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_absence_technician_id_technician")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "activity_type_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_activity_type_skill_level")),
        sa.ForeignKeyConstraint(
            ["activity_type_id"],
            ["activity_type.id"],
            name=op.f("fk_activity_type_skill_activity_type_id_activity_type"),
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_activity_type_skill_skill_id_skill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_type_skill")),
        sa.UniqueConstraint(
            "activity_type_id", "skill_id", name=op.f("uq_activity_type_skill_activity_type_id_skill_id")
        ),
    )
    op.create_table(
        "asset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_asset_site_id_site")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_asset_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
    )
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_site_id"), ["site_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_calendar_feed_technician_id_technician")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_technician_id"), ["technician_id"], unique=False)

    op.create_table(
        "portal_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("conditions", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_type_id"],
            ["activity_type.id"],
            name=op.f("fk_portal_action_activity_type_id_activity_type"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_action")),
        sa.UniqueConstraint("activity_type_id", "kind", name=op.f("uq_portal_action_activity_type_id_kind")),
    )
    op.create_table(
        "technician_skill",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_technician_skill_level")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_technician_skill_skill_id_skill")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_technician_skill_technician_id_technician")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technician_skill")),
        sa.UniqueConstraint("technician_id", "skill_id", name=op.f("uq_technician_skill_technician_id_skill_id")),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "0 <= begins_minute AND begins_minute < ends_minute AND ends_minute <= 1440",
            name=op.f("ck_weekly_hours_interval"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["technician_id"], ["technician.id"], name=op.f("fk_weekly_hours_technician_id_technician")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
        sa.UniqueConstraint("technician_id", "weekday", name=op.f("uq_weekly_hours_technician_id_weekday")),
    )
    op.create_table(
        "intervention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=True),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("window_begins_at", INSTANT, nullable=True),
        sa.Column("window_ends_at", INSTANT, nullable=True),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("held_until", INSTANT, nullable=True),
        sa.Column("is_hold_extended", sa.Boolean(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("marginal_cost", JSON, nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("calendar_sequence", sa.Integer(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("actual_begins_at", INSTANT, nullable=True),
        sa.Column("actual_ends_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_comment", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("(status = 'held') = (held_until IS NOT NULL)", name=op.f("ck_intervention_held_until")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_intervention_minutes")),
        sa.CheckConstraint("window_begins_at <= window_ends_at", name=op.f("ck_intervention_window")),
        sa.ForeignKeyConstraint(
            ["activity_type_id"],
            ["activity_type.id"],
            name=op.f("fk_intervention_activity_type_id_activity_type"),
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_intervention_asset_id_asset")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_intervention_client_id_client")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_intervention_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["intervention.id"], name=op.f("fk_intervention_replaces_id_intervention")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_intervention_site_id_site")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_intervention_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
        sa.UniqueConstraint("unit_id", "reference", name=op.f("uq_intervention_unit_id_reference")),
    )
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intervention_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_held_until"), ["held_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_intervention_site_id"), ["site_id"], unique=False)
        batch_op.create_index("ix_intervention_unit_id_status", ["unit_id", "status"], unique=False)
        batch_op.create_index("ix_intervention_unit_id_window_begins_at", ["unit_id", "window_begins_at"], unique=False)

    op.create_table(
        "weekly_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weekly_hours_id", sa.Integer(), nullable=False),
        sa.Column("earliest_minute", sa.Integer(), nullable=False),
        sa.Column("latest_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("earliest_minute <= latest_minute AND minutes > 0", name=op.f("ck_weekly_break_interval")),
        sa.ForeignKeyConstraint(
            ["weekly_hours_id"],
            ["weekly_hours.id"],
            name=op.f("fk_weekly_break_weekly_hours_id_weekly_hours"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_break")),
    )
    with op.batch_alter_table("weekly_break", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weekly_break_weekly_hours_id"), ["weekly_hours_id"], unique=False)

    op.create_table(
        "booking_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("activity_type_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("reschedules_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("wanted_window", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_type_id"],
            ["activity_type.id"],
            name=op.f("fk_booking_draft_activity_type_id_activity_type"),
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_booking_draft_contact_id_contact")),
        sa.ForeignKeyConstraint(["hold_id"], ["intervention.id"], name=op.f("fk_booking_draft_hold_id_intervention")),
        sa.ForeignKeyConstraint(
            ["reschedules_id"], ["intervention.id"], name=op.f("fk_booking_draft_reschedules_id_intervention")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["intervention.id"], name=op.f("fk_booking_draft_result_id_intervention")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_booking_draft_site_id_site")),
        sa.ForeignKeyConstraint(["unit_id"], ["business_unit.id"], name=op.f("fk_booking_draft_unit_id_business_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_draft")),
    )
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_draft_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "questionnaire_response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("nps", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_questionnaire_response_form_id_form")),
        sa.ForeignKeyConstraint(
            ["intervention_id"],
            ["intervention.id"],
            name=op.f("fk_questionnaire_response_intervention_id_intervention"),
        ),
        sa.ForeignKeyConstraint(
            ["technician_id"],
            ["technician.id"],
            name=op.f("fk_questionnaire_response_technician_id_technician"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["business_unit.id"], name=op.f("fk_questionnaire_response_unit_id_business_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_response")),
        sa.UniqueConstraint("intervention_id", name=op.f("uq_questionnaire_response_intervention_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_questionnaire_response_token_hash")),
    )
    with op.batch_alter_table("questionnaire_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questionnaire_response_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intervention_id", sa.Integer(), nullable=False),
        sa.Column("technician_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("is_occupying", sa.Boolean(), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_visit_interval")),
        sa.ForeignKeyConstraint(
            ["intervention_id"], ["intervention.id"], name=op.f("fk_visit_intervention_id_intervention")
        ),
        sa.ForeignKeyConstraint(["technician_id"], ["technician.id"], name=op.f("fk_visit_technician_id_technician")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_intervention_id"), ["intervention_id"], unique=False)
        batch_op.create_index("ix_visit_technician_id_begins_at", ["technician_id", "begins_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_technician_id_begins_at")
        batch_op.drop_index(batch_op.f("ix_visit_intervention_id"))

    op.drop_table("visit")
    with op.batch_alter_table("questionnaire_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questionnaire_response_unit_id"))

    op.drop_table("questionnaire_response")
    with op.batch_alter_table("booking_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booking_draft_contact_id"))

    op.drop_table("booking_draft")
    with op.batch_alter_table("weekly_break", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weekly_break_weekly_hours_id"))

    op.drop_table("weekly_break")
    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.drop_index("ix_intervention_unit_id_window_begins_at")
        batch_op.drop_index("ix_intervention_unit_id_status")
        batch_op.drop_index(batch_op.f("ix_intervention_site_id"))
        batch_op.drop_index(batch_op.f("ix_intervention_held_until"))
        batch_op.drop_index(batch_op.f("ix_intervention_client_id"))

    op.drop_table("intervention")
    op.drop_table("weekly_hours")
    op.drop_table("technician_skill")
    op.drop_table("portal_action")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_technician_id"))

    op.drop_table("calendar_feed")
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_site_id"))

    op.drop_table("asset")
    op.drop_table("activity_type_skill")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_technician_id"))

    op.drop_table("absence")
    op.drop_table("technician")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_client_id"))

    op.drop_table("site")
    op.drop_table("form_field")
    with op.batch_alter_table("draft_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_plan_unit_id"))

    op.drop_table("draft_plan")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_unit_id_phone")
        batch_op.drop_index("ix_contact_unit_id_email")
        batch_op.drop_index(batch_op.f("ix_contact_client_id"))

    op.drop_table("contact")
    op.drop_table("activity_type")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_unit_id"))

    op.drop_table("staff")
    op.drop_table("skill")
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_session_principal")

    op.drop_table("sign_in_session")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_unit_id"))
        batch_op.drop_index("ix_outbox_message_state")

    op.drop_table("outbox_message")
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.drop_index("ix_one_time_code_identity")

    op.drop_table("one_time_code")
    op.drop_table("form")
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_index("ix_client_unit_id_name")

    op.drop_table("client")
    op.drop_table("blackout_day")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_state_run_at")

    op.drop_table("job")
    op.drop_table("geocoded_address")
    op.drop_table("business_unit")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_unit_id_id")
        batch_op.drop_index("ix_audit_entry_object")

    op.drop_table("audit_entry")

"""What triggers did."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.models import Trigger
from fieldsvc.domain.interventions.models import Intervention


class TriggerFiring(Base):
    """One time a trigger acted on one intervention; the key says which, so that it cannot act twice for one cause."""

    __tablename__ = "trigger_firing"
    __table_args__ = (
        UniqueConstraint("trigger_id", "key"),
        Index("ix_trigger_firing_intervention_id", "intervention_id", "trigger_id"),
        Index("ix_trigger_firing_trigger_id_fired_at", "trigger_id", "fired_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    trigger_id: Mapped[int] = mapped_column(ForeignKey("trigger.id"))
    intervention_id: Mapped[int] = mapped_column(ForeignKey("intervention.id"))
    key: Mapped[str]
    cause_at: Mapped[datetime | None]
    """The instant of the intervention that had come, for a trigger that goes by the clock."""
    fired_at: Mapped[datetime]
    state: Mapped[str]
    """`done`, `queued` (for a webhook), `skipped` (conditions), `repeated` (done before), `refused`, or `failed`."""
    words: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)

    trigger: Mapped[Trigger] = relationship()
    intervention: Mapped[Intervention] = relationship()

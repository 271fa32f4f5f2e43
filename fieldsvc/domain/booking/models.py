"""A booking on its way: what the client has chosen so far."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base
from fieldsvc.domain.catalogue.models import ActivityType
from fieldsvc.domain.clients.models import Site
from fieldsvc.domain.interventions.models import Intervention


class BookingDraft(Base):
    """What → where → questions → when → confirm; kept so that nothing typed is ever lost."""

    __tablename__ = "booking_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    activity_type_id: Mapped[int] = mapped_column(ForeignKey("activity_type.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_answered: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(default="")
    reschedules_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))
    wanted_window: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result_id: Mapped[int | None] = mapped_column(ForeignKey("intervention.id"))

    activity_type: Mapped[ActivityType] = relationship()
    site: Mapped[Site | None] = relationship()
    reschedules: Mapped[Intervention | None] = relationship(foreign_keys=[reschedules_id])
    hold: Mapped[Intervention | None] = relationship(foreign_keys=[hold_id])

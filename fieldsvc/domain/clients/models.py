"""Clients, their contacts, sites and assets."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsvc.core.db import Base


class Client(Base):
    """The party served: a company, an individual or a supplier."""

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        Index("ix_client_unit_id_name", "unit_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    reference: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="company")
    category: Mapped[str] = mapped_column(default="")
    portal_access: Mapped[str] = mapped_column(default="inherit")
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Fields of the unit's own, by name."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads it from the class)

    contacts: Mapped[list["Contact"]] = relationship(back_populates="client", order_by="Contact.id")
    sites: Mapped[list["Site"]] = relationship(back_populates="client", order_by="Site.id")


contact_site = Table(
    "contact_site",
    Base.metadata,
    Column("contact_id", ForeignKey("contact.id"), primary_key=True),
    Column("site_id", ForeignKey("site.id"), primary_key=True),
)


class Contact(Base):
    """A person of a client; the e-mail and the phone are the logins of the portal.

    `role` says what he sees of his client's interventions: his `own`, those of his sites (`site`), or `all`.
    `channel` is where he wants messages: `email`, `sms`, or nothing for the best there is.
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_unit_id_email", "unit_id", "email"),
        Index("ix_contact_unit_id_phone", "unit_id", "phone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="all")
    channel: Mapped[str] = mapped_column(default="")
    has_opted_out: Mapped[bool] = mapped_column(default=False)
    """Wants no message that is not necessary."""
    is_active: Mapped[bool] = mapped_column(default=True)

    client: Mapped[Client] = relationship(back_populates="contacts")
    sites: Mapped[list["Site"]] = relationship(secondary=contact_site, order_by="Site.id")


class PermanentCode(Base):
    """A login code that stays valid until it is revoked; kept as a hash, shown once."""

    __tablename__ = "permanent_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    code_hash: Mapped[str]
    ending: Mapped[str]
    """Its last two characters, by which people tell codes apart."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Site(Base):
    """An address where work happens; without coordinates it is "not located" and is never planned."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("unit_id", "reference"),
        CheckConstraint("latitude IS NULL OR latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude IS NULL OR longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="located"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    reference: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    access_notes: Mapped[str] = mapped_column(default="")

    client: Mapped[Client] = relationship(back_populates="sites")

    @property
    def is_located(self) -> bool:
        """Whether the place on the map is known."""
        return self.latitude is not None and self.longitude is not None

    @property
    def full_address(self) -> str:
        """Address, postcode and city on one line."""
        place = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.address, place) if part)


class Asset(Base):
    """An installed piece of equipment at a site."""

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("business_unit.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    kind: Mapped[str]
    brand: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    serial_number: Mapped[str] = mapped_column(default="")

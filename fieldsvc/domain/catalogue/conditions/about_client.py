"""Conditions about the client and the contact who asks."""

from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.catalogue.conditions.facts import Facts
from fieldsvc.domain.catalogue.conditions.registry import condition, either, named, some_of, text, texts

KINDS = {"company": _l("a company"), "individual": _l("a private person"), "supplier": _l("a supplier")}
ROLES = {
    "own": _l("only his own visits"),
    "site": _l("the visits of his sites"),
    "all": _l("all visits of the company"),
}
BOTH = (True, False)


@condition(
    _l("The contact sees"),
    "client",
    sentence=lambda roles: _("the contact sees %(roles)s", roles=named(ROLES, roles)),
    words=lambda roles: _("Somebody else of your company has to do this."),
    samples=lambda roles: {"contact_role": list(ROLES)},
    roles=some_of(_l("Roles"), ROLES),
)
def contact_role_is(facts: Facts, roles: list[str]) -> bool:
    """What the contact sees of his company is one of `roles`."""
    return facts.contact_role in roles


@condition(
    _l("The client is"),
    "client",
    sentence=lambda kinds: _("the client is %(kinds)s", kinds=named(KINDS, kinds)),
    words=lambda kinds: _("This is not offered online to you."),
    samples=lambda kinds: {"client_kind": list(KINDS)},
    kinds=some_of(_l("Kinds of client"), KINDS),
)
def client_kind_is(facts: Facts, kinds: list[str]) -> bool:
    """The client is of one of `kinds`."""
    return facts.client_kind in kinds


@condition(
    _l("The client's category is one of"),
    "client",
    sentence=lambda categories: _("the client's category is %(categories)s", categories=either(categories)),
    words=lambda categories: _("This is not offered online to you."),
    samples=lambda categories: {"client_category": ["", *categories]},
    categories=texts(_l("Categories")),
)
def client_category_is(facts: Facts, categories: list[str]) -> bool:
    """The client's category is one of `categories`."""
    return facts.client_category in categories


@condition(
    _l("The client's category is none of"),
    "client",
    sentence=lambda categories: _("the client's category is not %(categories)s", categories=either(categories)),
    words=lambda categories: _("This is not offered online to you."),
    samples=lambda categories: {"client_category": ["", *categories]},
    categories=texts(_l("Categories")),
)
def client_category_is_not(facts: Facts, categories: list[str]) -> bool:
    """The client's category is none of `categories`."""
    return facts.client_category not in categories


@condition(
    _l("A field of the client is"),
    "client",
    sentence=lambda name, value: _("the client's field “%(name)s” is “%(value)s”", name=name, value=value),
    words=lambda name, value: _("This is not offered online to you."),
    samples=lambda name, value: {f"client_fields.{name}": [None, value]},
    name=text(_l("Field")),
    value=text(_l("Value")),
)
def client_field_is(facts: Facts, name: str, value: str) -> bool:
    """The unit's own field `name` of the client is `value`."""
    return str(facts.client_fields.get(name, "")) == value


@condition(
    _l("The contact has an e-mail address"),
    "client",
    sentence=lambda: _("the contact has an e-mail address"),
    words=lambda: _("Possible only when we know your e-mail address."),
    samples=lambda: {"contact_has_email": BOTH},
)
def contact_has_email(facts: Facts) -> bool:
    """The contact can be written to."""
    return facts.contact_has_email


@condition(
    _l("The contact has a phone number"),
    "client",
    sentence=lambda: _("the contact has a phone number"),
    words=lambda: _("Possible only when we know your phone number."),
    samples=lambda: {"contact_has_phone": BOTH},
)
def contact_has_phone(facts: Facts) -> bool:
    """The contact can be called."""
    return facts.contact_has_phone

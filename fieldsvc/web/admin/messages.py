"""What each kind of message says, in every language of the unit."""

from dataclasses import asdict

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import StringField, TextAreaField

from fieldsvc.core.errors import NotFound
from fieldsvc.core.text import LOCALES, in_locale
from fieldsvc.core.text import gettext as _
from fieldsvc.core.text import lazy_gettext as _l
from fieldsvc.domain.interventions import text_preview
from fieldsvc.domain.notify import outbox, texts
from fieldsvc.domain.notify.kinds import KINDS, MessageKind
from fieldsvc.domain.notify.texts import Texts
from fieldsvc.domain.units.settings import settings_of
from fieldsvc.web.admin.blueprint import blueprint, go
from fieldsvc.web.admin.texts import MESSAGE, previewed
from fieldsvc.web.forms.versioned import SeenForm, shown
from fieldsvc.web.principal import actor, staff, unit
from fieldsvc.web.session import db, now

PAGE = "admin.messages"


class MessageForm(SeenForm):
    """The three parts of a message."""

    subject = StringField(_l("Subject of the e-mail"))
    body = TextAreaField(_l("Text of the e-mail"))
    sms = TextAreaField(_l("SMS"))
    about = StringField(_l("Shown with the visit"))

    def given(self) -> Texts:
        """What was typed."""
        return texts.read({name: self[name].data or "" for name in texts.PARTS})


@blueprint.get("/messages")
def messages() -> ResponseReturnValue:
    """List the kinds of message and where the unit has its own words."""
    kinds = [kind for kind in KINDS.values() if kind.has_own_page]
    overridden = texts.overridden(db(), unit())
    yours = {kind: [words for tag, words in LOCALES.items() if tag in tags] for kind, tags in overridden.items()}
    return render_template("admin/messages/list.html", page_of=PAGE, kinds=kinds, yours=yours)


@blueprint.route("/messages/<kind_name>/<locale>", methods=["GET", "POST"])
def message_text(kind_name: str, locale: str) -> ResponseReturnValue:
    """Show and change the words of one kind in one language; `do` says what a press of a button means."""
    kind = texts.kind_of(kind_name)
    if locale not in LOCALES:
        raise NotFound
    own, product = texts.own(db(), unit(), kind, locale), texts.products(kind, locale)
    present = {**asdict(own.over(product)), "version": texts.version_of(own)}
    form = MessageForm(**present, about=request.args.get("about", ""))
    do = request.form.get("do", "save")
    if form.validate_on_submit() and do != "preview":
        with shown(form):
            given = form.given()
            if do == "test":
                _send_test(kind, locale, given, form.about.data or "")
                flash(_("A test is on its way to %(email)s.", email=staff().email), "good")
            else:
                texts.change(db(), unit(), kind, locale, given, version=form.seen, actor=actor(), now=now())
                flash(_("Saved."), "good")
                return go("message_text", kind_name=kind.name, locale=locale)
    page = render_template(
        "admin/messages/edit.html",
        page_of=PAGE,
        form=form,
        kind=kind,
        place=f"{MESSAGE}{kind.name}",
        locale=locale,
        languages=_languages(),
        own=own,
        product=product,
        overridden=texts.overridden(db(), unit()).get(kind.name, set()),
        preview=_preview(form, kind, locale),
    )
    return page, form.status if form.errors else 200


@blueprint.post("/messages/<kind_name>/<locale>/reset")
def reset_message_text(kind_name: str, locale: str) -> ResponseReturnValue:
    """Say it in the product's words again."""
    kind = texts.kind_of(kind_name)
    texts.reset(db(), unit(), kind, locale, actor=actor(), now=now())
    flash(_("This message has the product's words again."), "good")
    return go("message_text", kind_name=kind.name, locale=locale)


def _send_test(kind: MessageKind, locale: str, given: Texts, reference: str) -> None:
    texts.check(kind, given)
    product = texts.products(kind, locale)
    whole = given.over(product)
    with in_locale(locale):
        subject = _("Test: %(subject)s", subject=whole.subject)
    intervention = text_preview.example(db(), unit(), reference)
    outbox.enqueue(
        db(),
        "test",
        unit(),
        outbox.Recipient(staff().email, None, locale),
        text_preview.values_for(unit(), intervention, now=now()),
        now=now(),
        own_texts=Texts(subject, whole.body, whole.sms),
    )


def _preview(form: MessageForm, kind: MessageKind, locale: str) -> Markup:
    targets = {"subject": "subject", "body": "html", "sms": "sms"}
    given = [
        {"label": str(form[name].label.text), "target": target, "text": form[name].data or "", "locale": locale}
        for name, target in targets.items()
    ]
    return previewed(given, place=f"{MESSAGE}{kind.name}", reference=(form.about.data or "").strip()[:100])


def _languages() -> list[tuple[str, str]]:
    return [(tag, LOCALES[tag]) for tag in settings_of(unit()).languages if tag in LOCALES]

"""P36, P31: what may come with the link of a questionnaire; the answer is a page or a refusal, and nothing runs."""

import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from fieldsvc.core import clock, tokens
from fieldsvc.domain.catalogue.models import FormVersion
from fieldsvc.domain.interventions.models import QuestionnaireResponse
from tests.web.inline import inline
from tests.web.world import Web

SCRIPT = "<script>alert(1)</script>"
WRONG = ["-1", "11", "1e308", "NaN", "[9]", '{"a": 1}', "true", "x" * 200_000]


@pytest.fixture
def web(fresh_web: Web) -> Web:
    """A product of its own: questionnaires are answered once."""
    return fresh_web


def response_of(web: Web, who: str) -> QuestionnaireResponse:
    digest = tokens.digest(web.belongings[who].questionnaire)
    with web.factory() as session:
        return session.scalars(select(QuestionnaireResponse).filter_by(token_hash=digest)).one()


def address(web: Web, who: str) -> str:
    return f"/questionnaire/{web.belongings[who].questionnaire}"


def test_a_scanner_that_follows_every_link_answers_nothing(web: Web) -> None:
    before, browser = web.digest(), web.browser()
    for path in (address(web, "ana"), f"{address(web, 'ana')}?step=2&q_nps=9", f"{address(web, 'ana')}/thanks"):
        assert browser.get(path).status_code in {200, 303}
        assert browser.head(path).status_code in {200, 303}
    assert web.digest() == before


def test_a_link_that_was_touched_leads_nowhere(web: Web) -> None:
    link, browser = web.belongings["ana"].questionnaire, web.browser()
    wrong = [link + ending for ending in ("%00", ".", "%0A", "=", "==", "%20", "/..")] + [
        f"%2e%2e/{link}",
        f"../{link}",
    ]
    wrong += [link[:place] + ("B" if letter != "B" else "C") + link[place + 1 :] for place, letter in enumerate(link)]
    for text in wrong:
        answer = browser.get(f"/questionnaire/{text}")
        assert answer.status_code in {400, 404}, text
    assert len(wrong) > 40


def test_answers_of_the_wrong_kind_or_size_are_refused_in_words(web: Web) -> None:
    browser = web.browser()
    for text in WRONG:
        answer = browser.post(address(web, "ana"), data={"q_nps": text})
        assert answer.status_code == 422, text[:20]
        assert inline(answer.text) == []
    many = {f"q_{number}": "x" for number in range(10_000)}
    assert browser.post(address(web, "ana"), data={"q_nps": "9", **many}).status_code == 413
    assert browser.post(address(web, "ana"), data={"q_nps": "9\x00"}).status_code == 400
    assert response_of(web, "ana").answers == {}


def test_answers_to_other_questions_and_for_other_responses_are_left_out(web: Web) -> None:
    theirs = response_of(web, "bela")
    data = {"q_nps": "9", "q_comment": "later", "q_other": "x", "response_id": theirs.id, "token": "x"}
    assert web.browser().post(address(web, "ana"), data=data).status_code == 303
    assert response_of(web, "ana").answers == {"nps": 9}
    assert response_of(web, "bela").answers == theirs.answers


@pytest.mark.parametrize("ended", ["expired", "withdrawn"])
def test_a_link_that_is_over_says_so_and_takes_nothing(web: Web, ended: str) -> None:
    if ended == "expired":
        web.change(sa.update(QuestionnaireResponse).values(expires_at=clock.now() - timedelta(days=1)))
    else:
        done = web.belongings["ana"].done
        answer = web.browser("dispatcher").post(f"/dispatch/interventions/{done}/questionnaire/withdraw")
        assert answer.status_code == 303
    answer = web.browser().get(address(web, "ana"))
    assert (answer.status_code, "This questionnaire is closed" in answer.text) == (410, True)
    assert web.browser().post(address(web, "ana"), data={"q_nps": "9"}).status_code == 410
    assert response_of(web, "ana").answers == {}


def test_an_answered_questionnaire_thanks_and_takes_nothing_more(web: Web) -> None:
    browser = web.browser()
    browser.post(address(web, "ana"), data={"q_nps": "9"})
    sent = browser.post(f"{address(web, 'ana')}?step=2", data={"q_comment": "Fine"})
    assert sent.location.endswith("/thanks")
    assert "What happens next" in browser.get(sent.location).text
    before = response_of(web, "ana")
    for method, data in itertools.product(("get", "post"), ({"q_nps": "0"},)):
        answer = getattr(browser, method)(address(web, "ana"), data=data)
        assert answer.location.endswith("/thanks")
    assert response_of(web, "ana").answers == before.answers == {"nps": 9, "comment": "Fine"}


def test_a_step_that_was_passed_over_comes_back(web: Web) -> None:
    browser = web.browser()
    answer = browser.post(f"{address(web, 'ana')}?step=2", data={"q_comment": "First"})
    assert answer.location.endswith("step=1")
    assert "passed over" in browser.get(answer.location).text
    assert response_of(web, "ana").answered_at is None


def test_what_an_administrator_writes_is_text_on_the_clients_page(web: Web) -> None:
    with web.factory.begin() as session:
        version = session.get_one(FormVersion, response_of(web, "ana").form_version_id)
        version.fields = [
            {"code": "nps", "kind": "nps", "label": {"en": SCRIPT}, "help": {"en": f"{{{{ config }}}} {SCRIPT}"}},
            {"code": "t", "kind": "text", "label": {"en": f'"><img src=x onerror=alert(1)>{SCRIPT}'}},
        ]
    page = web.browser().get(address(web, "ana")).text
    assert inline(page) == []
    assert "&lt;script&gt;" in page
    assert "{{ config }}" in page

"""The pages of skills: added, renamed, taken away while nobody has them."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fieldsvc.domain.catalogue.models import Skill
from tests.web.conftest import NewWeb
from tests.web.world import Web


@pytest.fixture
def web(new_web: NewWeb) -> Web:
    return new_web()


@pytest.fixture
def alda(web: Web) -> FlaskClient:
    return web.browser("administrator")


def skill(web: Web, code: str) -> Skill | None:
    with web.factory() as session:
        return session.scalar(sa.select(Skill).where(Skill.code == code))


def test_a_skill_is_added_renamed_and_deleted(web: Web, alda: FlaskClient) -> None:
    assert alda.post("/settings/skills", data={"name-en": "Gas", "code": "gas"}).status_code == 303
    added = skill(web, "gas")
    assert added is not None
    page = f"/settings/skills/{added.id}"
    assert alda.post(page, data={"name-en": "Gas boilers"}).status_code == 303
    renamed = skill(web, "gas")
    assert renamed is not None
    assert renamed.name == {"en": "Gas boilers"}
    assert alda.post(page, data={"name-en": ""}).status_code == 422
    assert alda.post(f"{page}/delete").status_code == 303
    assert skill(web, "gas") is None


@pytest.mark.parametrize("code", ["", "Gas", "1gas", "gas\n", "g" * 41, "skill-0"])
def test_a_code_that_cannot_be_is_refused_at_its_field(web: Web, alda: FlaskClient, code: str) -> None:
    before = web.count(Skill)
    answer = alda.post("/settings/skills", data={"name-en": "Typed name", "code": code})
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text
    assert "Typed name" in answer.text
    assert web.count(Skill) == before

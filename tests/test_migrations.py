"""P42: migrations up and down, with data, interrupted or not; and the schema is what the models say."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

import fieldsvc.domain.tables  # noqa: F401  (registers every table)
from fieldsvc.core import migrate
from fieldsvc.core.db import Base, create_engine, sessions
from fieldsvc.core.resources import folder
from fieldsvc.domain.booking.models import Offer
from fieldsvc.domain.catalogue.models import ActivityType, Form
from fieldsvc.domain.interventions.models import Intervention, QuestionnaireResponse, Visit
from tests.web.world import found

LAST_LINE = {
    "sqlite": ("SELECT name FROM sqlite_master WHERE type = 'trigger'", 2),
    "postgresql": ("SELECT conname FROM pg_constraint WHERE contype = 'x'", 1),
}


def tables(engine: Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


Rows = dict[str, list[dict[str, object]]]


def rows(engine: Engine) -> Rows:
    """Every row of every table that is there, with the columns that are there."""
    found: Rows = {}
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for table in Base.metadata.sorted_tables:
            if inspector.has_table(table.name):
                there = {column["name"] for column in inspector.get_columns(table.name)}
                columns = [column for column in table.columns if column.name in there]
                asked = sa.select(*columns).order_by(*table.primary_key)
                found[table.name] = [dict(row) for row in connection.execute(asked).mappings()]
    return found


def only(wanted: Rows, of: Rows) -> Rows:
    """What `wanted` has of the tables and columns of `of`."""
    return {
        name: [{column: row[column] for column in row if column in set(of[name][0])} for row in wanted[name]]
        for name in of
        if of[name] and name in wanted
    }


def guards_double_booking(engine: Engine) -> bool:
    """Whether the last line is there and holds, for new rows and for changed ones."""
    statement, expected = LAST_LINE[engine.dialect.name]
    with engine.connect() as connection:
        if len(connection.exec_driver_sql(statement).all()) != expected:
            return False
    refused = 0
    for change in (insert_twice, move_onto):
        with sessions(engine)() as session, session.begin() as transaction:
            first, second = session.scalars(sa.select(Visit).order_by(Visit.id).limit(2))
            try:
                session.execute(change(first, second))
            except IntegrityError:
                refused += 1
            transaction.rollback()
    return refused == 2


def insert_twice(first: Visit, _second: Visit) -> sa.Executable:
    values = {name: getattr(first, name) for name in ("intervention_id", "technician_id", "begins_at", "ends_at")}
    return sa.insert(Visit).values(**values, is_occupying=True)


def move_onto(first: Visit, second: Visit) -> sa.Executable:
    place = {name: getattr(first, name) for name in ("technician_id", "begins_at", "ends_at")}
    return sa.update(Visit).where(Visit.id == second.id).values(**place)


@pytest.fixture
def company(engine: Engine) -> Engine:
    """A database at the newest revision with two companies in it."""
    with sessions(engine).begin() as session:
        found(session, {}, {})
    return engine


def revisions() -> list[str]:
    """Every revision, the newest first, and the empty database."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(folder("migrations")))
    settings.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(settings)
    return [*(revision.revision for revision in script.walk_revisions()), "base"]


# --- The schema ---------------------------------------------------------------------------------------


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_newest_revision_is_what_the_models_say(engine: Engine) -> None:
    assert migrate.current(engine) == migrate.head()
    assert tables(engine) == set(Base.metadata.tables)
    assert differences(engine) == []


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE forgotten (id int)",
        "ALTER TABLE contact ADD COLUMN forgotten text",
        "DROP INDEX ix_contact_client_id",
        "CREATE INDEX forgotten ON contact (name)",
    ],
)
def test_a_difference_would_be_noticed(engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert len(differences(engine)) == 1


# --- Up and down --------------------------------------------------------------------------------------


def test_a_company_survives_the_way_down_to_before_the_guard_and_up_again(company: Engine) -> None:
    before = rows(company)
    assert sum(len(found) for found in before.values()) > 60
    assert guards_double_booking(company)
    migrate.downgrade(company, "0001")
    assert not guards_double_booking(company), "the control"
    old = rows(company)
    kept = {name: found for name, found in old.items() if name not in {"portal_action"}}  # fewer kinds of actions
    assert only(kept, of=kept) == only(before, of=kept)
    migrate.upgrade(company)
    after = rows(company)
    assert only(after, of=kept) == only(before, of=kept)
    assert [len(after[name]) for name in kept] == [len(before[name]) for name in kept]
    assert guards_double_booking(company)


def test_the_fields_of_a_form_become_its_first_version_and_answers_belong_to_it(company: Engine) -> None:
    def published() -> list[tuple[int, list[str]]]:
        with sessions(company)() as session:
            forms = session.scalars(sa.select(Form).order_by(Form.id)).all()
            return [(form.id, [field.code for field in form.fields]) for form in forms]

    before = published()
    assert ["nps", "comment"] in [codes for _form, codes in before]
    migrate.downgrade(company, "0003")
    with company.connect() as connection:
        kept = connection.exec_driver_sql("SELECT form_id, code FROM form_field ORDER BY form_id, position").all()
    assert [tuple(row) for row in kept] == [(form_id, code) for form_id, codes in before for code in codes]
    migrate.upgrade(company)
    assert published() == before
    with sessions(company)() as session:
        responses = session.scalars(sa.select(QuestionnaireResponse)).all()
        assert len(responses) == 3
        assert all(response.form_version.form_id == response.form_id for response in responses)


def test_what_was_on_the_portal_can_still_be_booked_after_the_upgrade(company: Engine) -> None:
    migrate.downgrade(company, "0003")
    migrate.upgrade(company)
    with sessions(company)() as session:
        kinds = [[action.kind for action in kind.actions] for kind in session.scalars(sa.select(ActivityType))]
        assert len(kinds) > 2
        assert [found[0] for found in kinds] == ["book"] * len(kinds)
        assert ["book", "reschedule", "cancel"] in kinds


def test_what_has_no_place_gets_a_site_that_is_not_on_the_map_on_the_way_down(company: Engine) -> None:
    with sessions(company).begin() as session:
        visit = session.scalars(sa.select(Intervention).where(Intervention.site_id.is_not(None))).first()
        assert visit is not None
        unit, client_id, number = visit.unit_id, visit.client_id, visit.id
        for row in session.scalars(sa.select(Intervention).where(Intervention.client_id == client_id)):
            row.kind, row.site_id = "call", None
        session.execute(sa.update(Offer).where(Offer.client_id == client_id).values(site_id=None))
    migrate.downgrade(company, "0004")
    with company.connect() as connection:
        asked = "SELECT unit_id, client_id, latitude FROM site WHERE id = (SELECT site_id FROM intervention WHERE id = "
        assert connection.exec_driver_sql(f"{asked}{number})").all() == [(unit, client_id, None)]
        assert connection.exec_driver_sql("SELECT count(*) FROM offer WHERE site_id IS NULL").scalar() == 0
    migrate.upgrade(company)
    with sessions(company)() as session:
        assert session.get_one(Intervention, number).kind == "intervention"


def test_every_revision_can_be_taken_down_with_data_and_built_again(company: Engine) -> None:
    for revision in revisions()[1:]:
        migrate.downgrade(company, revision)
        assert migrate.current(company) == (None if revision == "base" else revision)
    assert tables(company) == set()
    for revision in reversed(revisions()[:-1]):
        migrate.upgrade(company, revision)
        assert migrate.current(company) == revision
    assert differences(company) == []
    with sessions(company).begin() as session:
        found(session, {}, {})
    assert guards_double_booking(company)


def test_all_the_way_down_and_up_at_once(company: Engine) -> None:
    migrate.downgrade(company, "base")
    assert tables(company) == set()
    migrate.upgrade(company)
    with sessions(company).begin() as session:
        found(session, {}, {})
    assert guards_double_booking(company)


def test_upgrading_twice_changes_nothing(company: Engine) -> None:
    before = rows(company)
    migrate.upgrade(company)
    assert rows(company) == before
    assert guards_double_booking(company)


# --- Interrupted --------------------------------------------------------------------------------------


class Interrupted(Exception):
    """The process ends here."""


@pytest.fixture
def fragile(database_url: str) -> Iterator[Engine]:
    """An empty database on which the last step of the last migration fails."""
    engine = create_engine(database_url)
    migrate.downgrade(engine, "base")

    def interrupt(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "EXCLUDE USING gist" in statement or "visit_double_booking_update" in statement:
            raise Interrupted

    sa.event.listen(engine, "before_cursor_execute", interrupt)
    yield engine
    engine.dispose()


def test_a_migration_that_is_interrupted_leaves_nothing_and_can_be_run_again(
    fragile: Engine, database_url: str
) -> None:
    with pytest.raises(Interrupted):
        migrate.upgrade(fragile)
    assert migrate.current(fragile) is None
    assert tables(fragile) == set()
    fragile.dispose()
    engine = create_engine(database_url)
    migrate.upgrade(engine)
    assert differences(engine) == []
    engine.dispose()

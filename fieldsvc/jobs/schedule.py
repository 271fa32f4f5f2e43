"""What recurs without anybody asking."""

from collections.abc import Callable
from datetime import datetime, timedelta

from fieldsvc.core import jobs
from fieldsvc.core.db import READ_ONLY
from fieldsvc.domain.booking import holds, offers, waiting_offers
from fieldsvc.domain.geo import road_cache
from fieldsvc.domain.interventions import questionnaire_reminders
from fieldsvc.domain.teams.freed import freed
from fieldsvc.domain.triggers import due
from fieldsvc.jobs import travel, untaken_files
from fieldsvc.jobs.tasks import Tools

SWEEP_EVERY = timedelta(seconds=30)
LOOK_FOR_DRIVES_EVERY = timedelta(seconds=20)
ASK_AGAIN_EVERY = timedelta(minutes=10)
ASK_THE_SILENT_EVERY = timedelta(minutes=1)
LEARN_EVERY = timedelta(minutes=10)
LOOK_FOR_TRIGGERS_EVERY = timedelta(seconds=30)
ASK_THE_WAITING_EVERY = timedelta(minutes=15)
SWEEP_OFFERS_EVERY = timedelta(hours=6)
SWEEP_FILES_EVERY = timedelta(hours=6)
REMIND_EVERY = timedelta(minutes=15)


class Schedule:
    """Remembers when each recurring piece of work was done last."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._done_at: dict[Callable[[datetime], None], datetime] = {}
        self._asked: tuple[int, datetime] | None = None

    def tick(self) -> None:
        """Do what is due."""
        now = self._tools.now()
        for work, every in (
            (self._sweep, SWEEP_EVERY),
            (self._look_for_drives, LOOK_FOR_DRIVES_EVERY),
            (self._learn, LEARN_EVERY),
            (self._look_for_triggers, LOOK_FOR_TRIGGERS_EVERY),
            (self._ask_the_waiting, ASK_THE_WAITING_EVERY),
            (self._sweep_offers, SWEEP_OFFERS_EVERY),
            (self._sweep_files, SWEEP_FILES_EVERY),
            (self._remind, REMIND_EVERY),
        ):
            if work not in self._done_at or now - self._done_at[work] >= every:
                self._done_at[work] = now
                work(now)

    def _sweep(self, now: datetime) -> None:
        """Take away holds that ran out (they counted for nobody already)."""
        is_more = True
        while is_more:
            with self._tools.sessions.begin() as session:
                is_more = holds.sweep(session, now=now)

    def _look_for_drives(self, now: datetime) -> None:
        """Ask the road service when plans want other drives than before, and now and then whether it is there."""
        with self._tools.sessions() as session:
            session.connection(execution_options=READ_ONLY)
            source = road_cache.source(session)
            wanted = hash(frozenset(travel.wanted(session, now=now))) if self._tools.roads else 0
        if self._tools.roads is None:
            if source is not None:
                with self._tools.sessions.begin() as session:
                    road_cache.forget(session)
            return
        again = ASK_THE_SILENT_EVERY if source is not None and source.silent_since else ASK_AGAIN_EVERY
        if self._asked is not None and self._asked[0] == wanted and now - self._asked[1] < again:
            return
        with self._tools.sessions.begin() as session:
            if not travel.is_waiting(session, travel.ASK):
                jobs.enqueue(session, travel.ASK, now=now)
                self._asked = wanted, now

    def _look_for_triggers(self, now: datetime) -> None:
        """Let triggers that go by the clock look at the interventions whose instant has come."""
        with self._tools.sessions() as session:
            session.connection(execution_options=READ_ONLY)
            is_due = due.is_anything_due(session, now=now)
        if is_due:
            with self._tools.sessions.begin() as session:
                due.enqueue_due(session, now=now)

    def _ask_the_waiting(self, now: datetime) -> None:
        """Time also becomes free by the calendar: another day can be booked, working hours are others than before."""
        with self._tools.sessions() as session:
            session.connection(execution_options=READ_ONLY)
            units = waiting_offers.units_that_wait(session)
        for unit_id in units:
            with self._tools.sessions.begin() as session:
                freed(session, unit_id, now=now)

    def _sweep_offers(self, now: datetime) -> None:
        """Forget what was shown to whom a long time ago."""
        is_more = True
        while is_more:
            with self._tools.sessions.begin() as session:
                is_more = offers.sweep(session, now=now)

    def _sweep_files(self, now: datetime) -> None:
        """Delete uploads that nothing took."""
        is_more = True
        while is_more:
            with self._tools.sessions.begin() as session:
                is_more = untaken_files.sweep(session, now=now)

    def _learn(self, now: datetime) -> None:
        """Learn every night from the visits that were closed."""
        with self._tools.sessions() as session:
            session.connection(execution_options=READ_ONLY)
            is_due = bool(travel.units_to_learn(session, now=now))
        if is_due:
            with self._tools.sessions.begin() as session:
                travel.enqueue_learning(session, now=now)

    def _remind(self, now: datetime) -> None:
        """Remind clients once of a questionnaire they have not answered."""
        with self._tools.sessions() as session:
            session.connection(execution_options=READ_ONLY)
            is_more = questionnaire_reminders.is_any_due(session, now=now)
        while is_more:
            with self._tools.sessions.begin() as session:
                is_more = questionnaire_reminders.remind(session, now=now)

"""Whatever is refused ends in one clear line, never in a traceback."""

import errno
from typing import Any

import click
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fieldsvc.core.errors import DomainError


class PlainErrors(click.Group):
    """A group of commands whose refusals are a line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DomainError as refusal:
            raise click.ClickException(refusal.words) from refusal
        except CommandError as refusal:
            raise click.ClickException(f"The database does not fit this version of fieldsvc: {refusal}") from refusal
        except SQLAlchemyError as refusal:
            raise click.ClickException(f"The database refuses: {first_line(refusal)}") from refusal
        except OSError as refusal:
            if refusal.errno == errno.EPIPE:  # whoever read our output has gone; click ends quietly
                raise
            words = ": ".join(str(part) for part in (refusal.strerror, refusal.filename) if part)
            raise click.ClickException(words or str(refusal)) from refusal


def first_line(error: SQLAlchemyError) -> str:
    """What the database says, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)

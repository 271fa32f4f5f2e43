"""The `fieldsvc` command."""

import click

from fieldsvc.cli.demo import demo
from fieldsvc.cli.doctor import doctor
from fieldsvc.cli.import_clients import import_group
from fieldsvc.cli.new_unit import new_unit
from fieldsvc.cli.plain_errors import PlainErrors
from fieldsvc.cli.prepare import init
from fieldsvc.cli.run import run, worker
from fieldsvc.cli.slots import slots
from fieldsvc.cli.what_if import what_if


@click.group(
    "fieldsvc", cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="fieldsvc", prog_name="fieldsvc", message="%(prog)s %(version)s")
def main() -> None:
    """Field service: clients book visits, dispatchers plan them, technicians carry them out."""


for command in (init, new_unit, demo, run, worker, import_group, slots, what_if, doctor):
    main.add_command(command)

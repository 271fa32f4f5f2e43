"""Serves the product, and does its jobs."""

import signal
import threading

import click

from fieldsvc import app
from fieldsvc.cli.prepare import engine_of, require_ready
from fieldsvc.cli.serving import Server, require_free
from fieldsvc.core import config
from fieldsvc.jobs import worker as jobs

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port to listen on.")
@click.option("--threads", type=click.IntRange(1, 256), default=8, show_default=True, help="Requests at once.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True, help="Server processes.")
def run(host: str, port: int, threads: int, processes: int) -> None:
    """Serve the product, configured by the environment."""
    settings = config.read()
    with engine_of(settings) as engine:
        require_ready(engine)
    require_free(host, port)
    ready = f"fieldsvc serves {settings.public_url} from http://{host}:{port}"
    Server(
        settings,
        host=host,
        port=port,
        threads=threads,
        processes=processes,
        when_ready=lambda: click.echo(ready),
    ).run()


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Jobs at once.")
def worker(threads: int) -> None:
    """Do jobs (messages, plans) outside the server.

    Set FIELDSVC_RUN_WORKER=no where the server runs.
    """
    settings = config.read()
    with engine_of(settings) as engine:
        require_ready(engine)
    product = app.build(settings)
    asked_to_end = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: asked_to_end.set())
    running = jobs.start(product.tools, settings.broker_url, threads=threads)
    click.echo("The worker waits for jobs.")
    asked_to_end.wait()
    running.stop()

"""The road service that the configuration names."""

from collections.abc import Callable

from fieldsvc.adapters.json_server import JsonServer
from fieldsvc.adapters.osrm import Osrm
from fieldsvc.adapters.valhalla import Valhalla
from fieldsvc.core.config import Config
from fieldsvc.domain.geo.roads import RoadService

KINDS: dict[str, Callable[[JsonServer, str], RoadService]] = {"osrm": Osrm, "valhalla": Valhalla}


def road_service(config: Config) -> RoadService | None:
    """The service, or None where travel times are estimates."""
    if config.roads_url is None:
        return None
    return KINDS[config.roads_kind](JsonServer(config.roads_url), config.roads_edition)

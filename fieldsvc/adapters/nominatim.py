"""Asks a Nominatim server where an address is, at most once a second."""

import threading
import time

from geopy.exc import GeopyError
from geopy.geocoders import Nominatim

from fieldsvc.core.config import Config

SECONDS_BETWEEN = 1.0
TIMEOUT_SECONDS = 3


class NominatimGeocoder:
    """A geocoder that keeps to the server's usage policy: one request a second, with a name of our own."""

    def __init__(self, config: Config) -> None:
        assert config.geocoder_url is not None, "built only when a geocoder is configured"
        scheme, _colon, domain = config.geocoder_url.partition("://")
        self._server = Nominatim(
            user_agent=config.geocoder_agent, domain=domain, scheme=scheme, timeout=TIMEOUT_SECONDS
        )
        self._lock = threading.Lock()
        self._next_at = 0.0

    def locate(self, address: str) -> tuple[float, float] | None:
        """Latitude and longitude; None when the server knows no such address. Raises `OSError`."""
        with self._lock:
            time.sleep(max(0.0, self._next_at - time.monotonic()))
            self._next_at = time.monotonic() + SECONDS_BETWEEN
            try:
                found = self._server.geocode(address)
            except GeopyError as error:
                raise OSError(str(error)) from error
        return (found.latitude, found.longitude) if found else None

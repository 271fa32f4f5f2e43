"""The addresses of secret links."""

from flask import Blueprint

blueprint = Blueprint("guest", __name__)

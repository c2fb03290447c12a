"""The whole house, shared by the journeys."""

from tests.bots.web.conftest import catalogue, client, made, read_code, robot, services
from tests.browser.conftest import chromium

__all__ = ["catalogue", "chromium", "client", "made", "read_code", "robot", "services"]

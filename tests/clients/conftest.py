import pytest

from stack import Stack
from world import World


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    running = Stack(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()


@pytest.fixture
def world(stack):
    one = World(stack)
    yield one
    one.close()


@pytest.fixture
def quick_world(stack):
    """Offers expire after two seconds."""
    one = World(stack, accept_within="2s")
    yield one
    one.close()

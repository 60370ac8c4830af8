import pytest

from redis_server import redis  # a fixture
from stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    """Redis, Kafka and a `baton all` that believes its callers."""
    one = Stack(tmp_path_factory.mktemp("stack"))
    yield one
    one.stop()

"""The cast: who does things in the tests, and what they may do."""

from collections.abc import Iterator

import pytest
from django.test import Client, TransactionTestCase, override_settings
from django.utils import translation

from config import embedded
from people.models import User
from people.roles import Role
from tests import databases, examples
from tests.factories import people

examples.choose()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Passwords are hashed as slowly as possible in production, and a thousand times a run here."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _english() -> None:
    """A request speaks its reader's language, and Django leaves it so: the next test would hear it."""
    translation.activate("en")


@pytest.fixture(autouse=True, scope="session")
def _quick_emptying() -> Iterator[None]:
    """After a test that commits Django would truncate every table and write all permissions anew."""
    with pytest.MonkeyPatch.context() as patch:
        if embedded.wanted():
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.empty())
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what needs no database: it is still being made. Otherwise as pytest-django wants it."""
    ways = {"db", "transactional_db", "live_server"}
    items.sort(key=lambda item: bool(ways & set(item.fixturenames) or item.get_closest_marker("django_db")))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before pytest-django makes the database, when its name is known."""
    databases.copy_migrated()


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    """The cluster is thrown away after each run; there is no old database that ``--create-db`` could mean."""
    return False


@pytest.fixture
def agent(db) -> User:
    """Somebody of Support."""
    return people.person("agent", role=Role.SUPPORT, first_name="Ada", last_name="Agent")


@pytest.fixture
def marketer(db) -> User:
    """Somebody of Marketing."""
    return people.person("marketer", role=Role.MARKETING, first_name="Max", last_name="Marketer")


@pytest.fixture
def board_manager(db) -> User:
    """Somebody who runs the advisory board."""
    return people.person("board_manager", role=Role.BOARD_MANAGERS, first_name="Bo", last_name="Board")


@pytest.fixture
def manager(db) -> User:
    """Somebody of Managers, who may do everything."""
    return people.person("manager", role=Role.MANAGERS, first_name="Mia", last_name="Manager")


@pytest.fixture
def intern(db) -> User:
    """Staff without a role: may sign in, and nothing else."""
    return people.person("intern", first_name="Ivo", last_name="Intern")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent_client(agent: User) -> Client:
    return browser_of(agent)


@pytest.fixture
def marketer_client(marketer: User) -> Client:
    return browser_of(marketer)


@pytest.fixture
def board_manager_client(board_manager: User) -> Client:
    return browser_of(board_manager)


@pytest.fixture
def manager_client(manager: User) -> Client:
    return browser_of(manager)


@pytest.fixture
def intern_client(intern: User) -> Client:
    return browser_of(intern)

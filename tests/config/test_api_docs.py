"""The API describes itself, to people and to other systems."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/vnd.oai.openapi"),
        ("application/json", "application/json"),
        ("application/yaml", "application/yaml"),
    ],
)
def test_the_schema_comes_in_the_form_that_is_asked_for(accept, kind):
    response = Client().get("/api/schema/", headers={"accept": accept or "*/*"})

    assert response.status_code == 200
    assert response["Content-Type"].startswith(kind)
    assert b"/api/v1/customers/" in response.content
    assert b"A view of the API" not in response.content  # each operation says in its own words what it does


def test_the_docs_are_a_page_in_a_language():
    page = Client().get("/api/docs/").content.decode()

    assert '<html lang="en">' in page

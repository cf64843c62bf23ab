"""Papers go to a folder of the test's own."""

import pytest


@pytest.fixture(autouse=True)
def vault_folder(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS

"""What tests of the website need that is not a Python package."""

import os
from typing import NoReturn

import pytest


def without(reason: str) -> NoReturn:
    """Skip the test, or fail it where LDN_KG_BROWSER says that all must be there."""
    if os.environ.get("LDN_KG_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)

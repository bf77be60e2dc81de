"""What some tests need that is not a Python package of the lock files."""

import os
from typing import NoReturn

import pytest


def without(reason: str, switch: str = "LDN_KG_BROWSER") -> NoReturn:
    """Skip the test, or fail it where an environment variable says that all must be there."""
    if os.environ.get(switch) == "required":
        pytest.fail(reason)
    pytest.skip(reason)

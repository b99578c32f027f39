"""Messages of errors."""

from collections.abc import Callable
from typing import Any

import pytest

from ontrial.errors import InputError


def message_of(call: Callable, *arguments: Any, **options: Any) -> str:
    """Return the message of the InputError that a call with these arguments raises."""
    with pytest.raises(InputError) as error:
        call(*arguments, **options)
    return str(error.value)

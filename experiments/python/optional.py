"""What an extra of the package installs."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needing_xarray() -> Iterator[None]:
    """Say how xarray is installed where it is missing; take back the filters of warnings that it and its own libraries add.

    Raises:
        ImportError: It is missing.
    """
    with warnings.catch_warnings():
        try:
            import xarray  # noqa: F401
        except ImportError as error:
            raise ImportError(f"to_xarray needs {error.name or 'xarray'}: pip install 'counterpoise[data]'", name=error.name) from None
        yield

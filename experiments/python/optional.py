"""What an extra of the package installs."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needing_xarray() -> Iterator[None]:
    """Say how xarray is installed where it is missing.

    Raises:
        ImportError: It is missing.
    """
    try:
        import xarray  # noqa: F401
    except ImportError as error:
        raise ImportError(f"to_xarray needs {error.name or 'xarray'}: pip install 'counterpoise[data]'", name=error.name) from None
    yield

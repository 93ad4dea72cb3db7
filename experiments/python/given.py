"""Overrides as Python gives them: text as on the command line, mappings, keywords."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from experiments.configuration.errors import ConfigError
from experiments.configuration.grammar import typed, written
from experiments.messages import shortened

#: Text as on the command line, several of them, or values by key.
Override = str | Mapping[str, Any] | Iterable[str]
#: Keys whose value is a list; with any other key a sweep takes a list for the values of an axis.
LISTS = ("strategies", "policy", "design.over")


def texts(overrides: Iterable[Override], keywords: Mapping[str, Any], several: bool = False) -> tuple[str, ...]:
    """Overrides as the command line has them; keywords come last.

    Args:
        overrides: As given.
        keywords: Values by key.
        several: Whether a list means a job for each of its values.

    Raises:
        ConfigError: Something is neither KEY=VALUE nor a mapping, or has no form on the command line.
    """
    given: list[str] = []
    for each in overrides:
        if isinstance(each, Mapping):
            given += _pairs(each, several)
        elif not _is_list(each) and not isinstance(each, str):
            raise ConfigError([f"expected overrides such as 'n_worlds=8', or a mapping such as {{'parameters.rivalry_mean': 1.5}}, got {shortened(each)}"])
        else:
            for text in [each] if isinstance(each, str) else each:
                if not isinstance(text, str) or "=" not in text:
                    raise ConfigError([f"{shortened(text)} is not KEY=VALUE, such as 'scenario=cold_war'; keys with dots may also stand in a mapping"])
                given.append(text)
    return typed([*given, *_pairs(keywords, several)])


def _pairs(values: Mapping[str, Any], several: bool) -> Iterator[str]:
    for key, value in values.items():
        if not isinstance(key, str):
            raise ConfigError([f"{shortened(key)} is not a key; a key is text, such as 'parameters.rivalry_mean'"])
        if isinstance(value, Mapping) and "." not in key:
            yield from _pairs({f"{key}.{part}": inner for part, inner in value.items()}, several)
        elif key not in LISTS and _is_list(value) and not several and "." not in key:
            raise ConfigError([f"{key}: several values are for counterpoise.sweep; give one"])
        elif several and key not in LISTS and _is_list(value):
            yield f"{key}={','.join(_text(key, each, quoting=True) for each in value)}"
        else:
            yield f"{key}={_text(key, value, quoting=not several and isinstance(value, str) and value[:1] not in '[{')}"


def _is_list(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _text(key: str, value: Any, quoting: bool = True) -> str:
    """A value in Hydra's grammar."""
    value = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return f"{{{','.join(f'{part}: {_text(key, inner)}' for part, inner in value.items())}}}"
    if _is_list(value):
        return f"[{','.join(_text(key, each) for each in value)}]"
    if not isinstance(value, str) and not hasattr(value, "__fspath__"):
        raise ConfigError([f"{key}: expected text, a number, true, false, none, a list or a mapping, got {shortened(value)}"])
    text = str(value)
    return written(text) if quoting else text

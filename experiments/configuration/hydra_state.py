"""Hydra's state in this process: ours while we compose, the caller's before and after."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy, deepcopy
from threading import RLock
from types import ModuleType
from typing import Any

from experiments.configuration.check import broken
from experiments.configuration.files import GLOBAL_GROUPS, HYDRAS_OWN, LISTS, PRIMARY, SEPARATE, WORLD, documents, group_of, kept

_one_at_a_time = RLock()


@contextmanager
def own_hydra_state() -> Iterator[None]:
    """Use a state of Hydra that knows only our files; the caller's singletons and resolvers are back afterwards, also after an error."""
    from hydra.core.singleton import Singleton
    from omegaconf.basecontainer import BaseContainer

    with _one_at_a_time:
        callers = Singleton._instances, BaseContainer._resolvers
        instances, resolvers = _own()
        Singleton._instances, BaseContainer._resolvers = dict(instances), dict(resolvers)
        try:
            yield
        finally:
            Singleton._instances, BaseContainer._resolvers = callers


@kept
def _own() -> tuple[dict[type, Any], dict[str, Any]]:
    """Singletons and resolvers, with the data of every file, so that Hydra reads none."""
    from hydra._internal.sources_registry import SourcesRegistry
    from hydra.core.config_store import ConfigNode, ConfigStore
    from hydra.core.plugins import Plugins
    from hydra.core.singleton import Singleton
    from omegaconf import OmegaConf
    from omegaconf.basecontainer import BaseContainer

    class Kept(ConfigStore):
        """Hydra copies the store with all files for each composition, a third of its time, though it changes nothing in there.

        Our files stay plain data in it until one is loaded: most runs use some of them.
        """

        def __deepcopy__(self, _: Any) -> "Kept":
            return self

        def load(self, config_path: str) -> Any:
            kept = copy(self._load(config_path))
            kept.node = OmegaConf.create(kept.node) if isinstance(kept.node, dict) else deepcopy(kept.node)
            return kept

    # Plugins are loaded once in a process and register themselves where the caller sees them too, as an import does; where we load them,
    # only Hydra's own: a folder hydra_plugins on the path is anyone's.
    with _no_other_plugins():
        Plugins.instance()
    store = copy(ConfigStore.instance())
    store.__class__ = Kept
    store.repo = {}
    for file, document in documents().items():
        if (group := group_of(file)) not in SEPARATE and file.stem != HYDRAS_OWN:
            # What is wrong is never composed: `compose` refuses it by its name.
            node = document.data if file not in broken() else {file.stem: {}} if group in LISTS else {}
            if group == WORLD:  # `compose` lays the facts over: Hydra needs longer for them than for all else
                node = {key: value for key, value in node.items() if key != WORLD}
            of_group = store.repo if group == PRIMARY else store.repo.setdefault(group, {})
            package = "_global_" if group in GLOBAL_GROUPS else None
            name = f"{file.stem.removesuffix('.yaml')}.yaml"  # where Hydra looks for it, also for mine.yaml.yaml
            of_group[name] = ConfigNode(name, node, None if group == PRIMARY else group, package, provider=None)
    shared = {kind: Singleton._instances[kind] for kind in (Plugins, SourcesRegistry)}
    return {**shared, ConfigStore: store}, dict(BaseContainer._resolvers)


@contextmanager
def _no_other_plugins() -> Iterator[None]:
    name = "hydra_plugins"
    before = sys.modules.get(name)
    empty = sys.modules[name] = ModuleType(name)
    empty.__path__ = []
    try:
        yield
    finally:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before

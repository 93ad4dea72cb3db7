"""A manifest that anyone may have written is answered in our words."""

from pathlib import Path

import pytest

from experiments.runs.manifest import read_manifest, sealed
from tests.faults.fuzz import OF_LIBRARIES


@pytest.mark.parametrize(("content", "said"), [
    ({}, "command: the key is missing"), ({"command": 1}, "command: 1 cannot stand there"),
    ({"command": "counterpoise", "time": "\x1b"}, "model_version: the key is missing"),
])
def test_what_is_not_a_manifest_is_answered_in_our_words(tmp_path: Path, content: dict[str, object], said: str) -> None:
    (tmp_path / "manifest.json").write_bytes(sealed(content))
    with pytest.raises(ValueError, match="is not a manifest") as refused:
        read_manifest(tmp_path)
    assert said in str(refused.value)
    assert not OF_LIBRARIES.search(str(refused.value))

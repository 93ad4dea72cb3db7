"""codemeta.json, which archives and catalogues of software read: CodeMeta 3.0, made from pyproject.toml and CITATION.cff by `make docs`."""

import json
import re
import tomllib
from typing import Any

import yaml

from tests import pages

FILE = pages.ROOT / "codemeta.json"
CONTEXT = "https://w3id.org/codemeta/3.0"


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    body: dict[str, Any] = tomllib.loads((pages.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return body


def citation() -> dict[str, Any]:
    """CITATION.cff."""
    body: dict[str, Any] = yaml.safe_load((pages.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return body


def body() -> dict[str, Any]:
    """The description, in the words of schema.org and CodeMeta."""
    known, cited = project(), citation()
    extras = [word for name, words in known["optional-dependencies"].items() if name != "dev" for word in words]
    return {
        "@context": CONTEXT, "@type": "SoftwareSourceCode", "name": known["name"], "description": known["description"], "version": known["version"],
        "datePublished": str(cited["date-released"]), "license": f"https://spdx.org/licenses/{known['license']}",
        "author": [{"@type": "Organization", "name": author["name"]} for author in known["authors"]], "keywords": known["keywords"],
        "programmingLanguage": {"@type": "ComputerLanguage", "name": "Python"}, "runtimePlatform": f"Python {known['requires-python']}",
        "operatingSystem": ["Linux", "macOS"], "applicationCategory": "Simulation", "developmentStatus": "active",
        "softwareRequirements": [_package(word) for word in known["dependencies"]], "softwareSuggestions": [_package(word) for word in extras],
        "readme": known["readme"], "referencePublication": [
            {"@type": "TechArticle", "name": one["title"], "version": one["version"], "url": one["filename"]} for one in cited["references"]],
    }


def _package(requirement: str) -> dict[str, str]:
    """A requirement of pyproject.toml; where it is needed on some versions of Python alone, that is left out."""
    name, versions = re.fullmatch(r"([\w-]+)([^;]*)(?:;.*)?", requirement).groups()  # type: ignore[union-attr]
    return {"@type": "SoftwareApplication", "name": name, "version": versions.strip()}


def text() -> str:
    """The file."""
    return json.dumps(body(), indent=2, ensure_ascii=False) + "\n"

"""What archives and catalogues read says the same as the package and the model."""

import json
from datetime import date

import pytest

from sim import MODEL_VERSION
from tests import codemeta, pages


def test_versions_agree():
    version = codemeta.project()["version"]
    cited = codemeta.citation()
    assert cited["version"] == cited["preferred-citation"]["version"] == version
    assert json.loads(codemeta.FILE.read_text(encoding="utf-8"))["version"] == version
    assert [one["version"] for one in cited["references"]] == [str(MODEL_VERSION)]
    assert f"Model version {MODEL_VERSION}." in cited["preferred-citation"]["notes"]
    assert f"This is model version {MODEL_VERSION}." in (pages.ROOT / "sim" / "MODEL.md").read_text(encoding="utf-8")


def test_the_citation_says_what_the_package_says():
    known, cited = codemeta.project(), codemeta.citation()
    assert cited["license"] == cited["preferred-citation"]["license"] == known["license"]
    assert cited["keywords"] == known["keywords"]
    assert cited["abstract"] == known["description"]
    assert cited["title"].startswith(f"{known['name']}: ")
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in known["authors"]]


@pytest.mark.parametrize("part", ["preferred-citation", "references"])
def test_what_is_cited_has_what_the_format_requires(part: str):
    """Citation File Format 1.2: a reference has a type, a title and authors, and dates are dates."""
    cited = codemeta.citation()
    for one in cited[part] if part == "references" else [cited[part]]:
        assert {"type", "title", "authors"} <= one.keys()
        assert all(author["name"] for author in one["authors"])
    assert cited["preferred-citation"]["type"] == "software"
    assert isinstance(cited["date-released"], date)
    assert cited["preferred-citation"]["date-released"] == cited["date-released"]
    assert cited["preferred-citation"]["year"] == cited["date-released"].year
    assert (pages.ROOT / cited["references"][0]["filename"]).is_file()


def test_codemeta_names_every_requirement():
    body = json.loads(codemeta.FILE.read_text(encoding="utf-8"))
    assert (body["@context"], body["@type"]) == ("https://w3id.org/codemeta/3.0", "SoftwareSourceCode")
    needed = {package["name"]: package["version"] for package in body["softwareRequirements"]}
    assert needed["numpy"] == ">=2.2"
    assert needed["networkx"] == ">=3"
    assert len(needed) == len(codemeta.project()["dependencies"])
    assert {package["name"] for package in body["softwareSuggestions"]} >= {"pyarrow", "xarray", "dask"}
    assert (pages.ROOT / body["readme"]).is_file()

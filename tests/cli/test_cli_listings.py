from __future__ import annotations

import json
import shutil

import pytest

from narratives import resources
from narratives.languages import LANGUAGES
from narratives.taxonomy import NARRATIVES, SEVERITY, STANCES, TARGETS
from narratives.training.export import write_sums


def test_languages(run):
    shown = run("languages").stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["code", *LANGUAGES, "bcms"]


def test_languages_as_json(run):
    found = [json.loads(line) for line in run("languages", "--json").stdout.splitlines()]
    assert [lang["code"] for lang in found] == [*LANGUAGES, "bcms"]
    assert found[5]["scripts"] == ["Cyrl", "Latn"]


def test_taxonomy_overview_names_everything(run):
    shown = run("taxonomy").stdout
    for key in (*NARRATIVES, *TARGETS, *STANCES):
        assert f"  {key} " in shown
    assert "NEVER A HIT" in shown


@pytest.mark.parametrize("id", [*NARRATIVES, *TARGETS, *STANCES, *map(str, SEVERITY)])
def test_a_card_says_what_counts_and_what_does_not(run, id):
    result = run("taxonomy", id)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{id}: ")
    assert "\ncounts:\n  - " in result.stdout
    assert "\ndoes not count:\n  - " in result.stdout


def test_taxonomy_as_json(run):
    found = json.loads(run("taxonomy", "--json").stdout)
    assert {name: len(entries) for name, entries in found.items() if name != "global_exclusions"} == {
        "narratives": 16,
        "targets": 21,
        "stances": 5,
        "severity": 5,
    }
    one = json.loads(run("taxonomy", "welfare_burden", "--json").stdout)
    assert one == found["narratives"][4]
    assert one["crosswalk"]["mendelsohn"] == ["threat: fiscal"]


def test_an_unknown_entry_lists_the_known_ones(run):
    result = run("taxonomy", "dehumanization")
    assert result.exit_code == 2
    assert "Did you mean 'dehumanisation'?" in result.stderr
    assert "syrians" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.fixture
def installed(tmp_path, tiny_folder, monkeypatch):
    """A root with one model folder and a stray one; other roots are hidden."""
    folder = tmp_path / "models" / "tiny"
    shutil.copytree(tiny_folder, folder)
    (tmp_path / "models" / "cache").mkdir()
    monkeypatch.setattr(resources, "roots", lambda: [tmp_path])
    return folder


def test_models(run, installed):
    result = run("models", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "name": "tiny",
        "path": str(installed),
        "version": "0",
        "heads": ["offensive", "hate"],
        "languages": list(LANGUAGES),
        "bytes": sum(file.stat().st_size for file in installed.iterdir()),
        "sha256": resources.sha256(installed / "SHA256SUMS"),
    }
    assert "offensive, hate" in run("models").stdout


def test_only_languages_with_a_calibration_are_listed(run, installed):
    config = json.loads((installed / "config.json").read_text(encoding="utf-8"))
    config["calibration"] = {"hate": {"any": {}, "bcms": {}}, "offensive": {"any": {}, "tr": {}}}
    (installed / "config.json").write_text(json.dumps(config), encoding="utf-8")
    write_sums(installed)
    assert json.loads(run("models", "--json").stdout)["languages"] == ["bs", "hr", "cnr", "sr", "tr"]


@pytest.mark.parametrize(
    "damage", ["{", "[]", "{}", '{"name": "small", "version": "3", "heads": null, "calibration": {}}']
)
def test_a_damaged_model_is_told(run, installed, damage):
    (installed / "config.json").write_text(damage, encoding="utf-8")
    result = run("models", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problem"]


def test_changed_bytes_are_told(run, installed):
    path = installed / "config.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    result = run("models")
    assert result.exit_code == 1
    assert "SHA256SUMS" in result.stdout


def test_no_model_is_nothing_done(run, tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "roots", lambda: [tmp_path])
    result = run("models")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "NARRATIVES_HOME" in result.stderr

"""Rows scored through other libraries: the same rows and scores as by ``score_file``."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from narratives.batch import ScoreRows, score_dataset, score_file
from narratives.errors import InputError, MissingExtraError, MissingFileError, OutputError, UnknownNameError

WORDS = ["dobar", "dan", "svima", "grad", "kuća", "reka", "most"]


def table(count: int, start: int = 0) -> pa.Table:
    rows = [
        {
            "id": i,
            "author": 900 + i % 9,
            "writer": f"w{i % 4}",
            "text": f"{WORDS[i % 7]} {WORDS[i % 5]} {WORDS[i % 3]} {i}",
        }
        for i in range(start, start + count)
    ]
    rows[3] |= {"text": None, "author": None, "writer": ""}
    kinds = [("id", pa.int64()), ("author", pa.int64()), ("writer", pa.string()), ("text", pa.string())]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


@pytest.fixture
def folder(tmp_path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for part in range(4):
        pq.write_table(table(60, 60 * part), path / f"{part}.parquet")
    return path


@pytest.fixture
def alone(tmp_path, tiny_folder) -> list[dict]:
    """The same rows by ``score_file``."""
    pq.write_table(pa.concat_tables([table(60, 60 * part) for part in range(4)]), tmp_path / "whole.parquet")
    score_file(tmp_path / "whole.parquet", tmp_path / "alone.parquet", model=tiny_folder, lang="hr", salt="one")
    return pq.read_table(tmp_path / "alone.parquet").to_pylist()


def test_hugging_face_maps_in_two_processes(tiny_folder, alone, tmp_path):
    """The recipe of docs/scale.md."""
    datasets = pytest.importorskip("datasets")
    data = datasets.Dataset.from_parquet(str(tmp_path / "whole.parquet"), cache_dir=str(tmp_path / "cache"))
    scored = data.map(ScoreRows(str(tiny_folder), lang="hr"), batched=True, batch_size=50, num_proc=2)
    rows = scored.to_list()
    for mine, other in zip(rows, alone, strict=True):
        assert mine.pop("hate") == pytest.approx(other["hate"], abs=1e-6)
        assert mine.pop("offensive") == pytest.approx(other["offensive"], abs=1e-6)
        assert mine.pop("lang_confidence") == pytest.approx(other["lang_confidence"], abs=1e-6)
        mine.pop("author")  # ScoreRows adds columns and changes none
        assert mine == {name: value for name, value in other.items() if name in mine}


def test_a_column_that_is_not_there(tiny_folder):
    with pytest.raises(UnknownNameError, match="known: post"):
        ScoreRows(tiny_folder)({"post": ["da"]})


@pytest.mark.parametrize(
    "options",
    [{}, {"authors": "drop"}, {"authors": "keep"}, {"author_columns": ["writer", "author"]}, {"text": "writer"}],
    ids=str,
)
def test_actors_hide_authors_as_the_local_engine_does(folder, tmp_path, tiny_folder, options):
    """What an actor does with a table, called here without a cluster; the columns are chosen as for one."""
    from narratives.batch.options import Options
    from narratives.batch.ray_data import ScoreTable, _plan, _schema

    given = {**options, "author_columns": tuple(options.get("author_columns", ())) or None}
    columns = _plan(_schema(folder), Options(**given))
    score = ScoreTable(ScoreRows(tiny_folder, text=columns.text), columns.hashed, columns.dropped, "one")
    found = score(pq.read_table(folder / "0.parquet"))
    score_file(folder / "0.parquet", tmp_path / "alone.parquet", model=tiny_folder, salt="one", **options)
    assert found.equals(pq.read_table(tmp_path / "alone.parquet"))
    assert ("author" in found.column_names) == (options.get("authors") != "drop")


def test_without_ray_the_way_to_get_it_is_told(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r'pip install "narratives\[ray\]"'):
        score_dataset(folder, tmp_path / "out")


def _patient(ask):
    def get(*arguments):
        end = time.monotonic() + 75
        while True:
            try:
                return ask(*arguments)
            except RuntimeError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)

    return get


@pytest.fixture
def cluster(monkeypatch):
    """Two nodes on this machine, each with processes and an object store of its own."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'narratives[ray]'")
    pytest.importorskip("ray.data", reason="Ray Data is not installed: pip install 'narratives[ray]'")
    from ray._private import services
    from ray.cluster_utils import Cluster

    # Ray gives a node half a minute to start, which a busy machine may not have
    monkeypatch.setenv("RAY_agent_register_timeout_ms", "240000")
    monkeypatch.setattr(services, "get_node", _patient(services.get_node))
    small = {"num_cpus": 2, "object_store_memory": 80_000_000}
    try:
        for attempt in range(3):
            made = Cluster()
            try:
                made.add_node(**small, include_dashboard=False)
                made.add_node(**small)
                made.wait_for_nodes(timeout=120)
                break
            except Exception:  # of Ray's own making: a node's helper did not start in time, and took it along
                made.shutdown()
                if attempt == 2:
                    raise
        ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
        yield ray
    finally:
        ray.shutdown()
        made.shutdown()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(os.name == "nt", reason="two nodes on one machine are for POSIX")
def test_two_nodes_and_a_killed_actor_give_the_same_rows(cluster, folder, alone, tmp_path, tiny_folder, monkeypatch):
    """Slow, but run: the cluster is started once, and everything asked of it here."""
    from narratives.batch import ray_data

    mark = tmp_path / "killed"

    class Mortal(ray_data.ScoreTable):
        def __call__(self, rows):
            if not mark.exists():
                mark.touch()
                os._exit(1)  # as the system does when memory is short
            return super().__call__(rows)

    monkeypatch.setattr(ray_data, "ScoreTable", Mortal)
    assert len([node for node in cluster.nodes() if node["Alive"]]) == 2
    options = {"model": tiny_folder, "lang": "hr", "batch_size": 20, "actors": 2, "salt": "one"}
    count = score_dataset(folder, tmp_path / "out", partition_by=["decision"], **options)
    assert mark.exists()
    assert count == 240
    assert {p.parent.name for p in (tmp_path / "out").rglob("*.parquet")} == {
        f"decision={row['decision']}" for row in alone
    }
    found = pq.read_table(tmp_path / "out").sort_by("id").to_pylist()
    assert [{**row, "decision": str(row["decision"])} for row in found] == alone
    with pytest.raises(OutputError, match="is there already"):
        score_dataset(folder, tmp_path / "out", **options)
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_mistakes_are_told_before_a_cluster_starts(folder, tmp_path):
    pytest.importorskip("ray.data", reason="Ray is not installed: pip install 'narratives[ray]'")
    (tmp_path / "empty").mkdir()
    for source, options, error, message in [
        (tmp_path / "none", {}, MissingFileError, "does not exist"),
        (tmp_path / "empty", {}, InputError, "holds no Parquet"),
        (folder, {"text": "txt"}, UnknownNameError, "known: id, author, writer, text"),
        (folder, {"lang_column": "l"}, UnknownNameError, "known: id, author, writer, text"),
        (folder, {"author_columns": ["name"]}, UnknownNameError, "unknown column 'name'"),
        (folder, {"authors": "hide"}, UnknownNameError, "unknown way with authors 'hide'"),
        (folder, {"salt": ""}, InputError, "salt is empty"),
        (folder, {"authors": "drop", "partition_by": ["author"]}, UnknownNameError, "unknown column 'author'"),
        (folder, {"partition_by": ["week"]}, UnknownNameError, "unknown column 'week'"),
    ]:
        with pytest.raises(error, match=message):
            score_dataset(source, tmp_path / "out", **options)
    with pytest.raises(OutputError, match="make it first"):
        score_dataset(folder, tmp_path / "no" / "out")

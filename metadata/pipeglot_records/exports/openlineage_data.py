"""Artifacts as OpenLineage's datasets: one for each output of a pipeline, whose versions are digests.

What came from outside goes by its address. So a dataset that one run wrote is the one that the next run reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.openlineage_facets import facet
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded
from pipeglot_records.model.json_values import integer, mapping, sequence, text

_SIZES: Final = {"size": "size", "files": "fileCount"}


class Datasets:
    """`namespace` is that of the jobs: what they write is theirs."""

    def __init__(self, run: Recorded, namespace: str) -> None:
        self._pipeline, self._namespace = run.pipeline, namespace
        self._edges = [sequence(edge) for edge in sequence(run.run.get("lineage"))]
        self._digests = {
            f"{attempt.step}.{name}": _digest(entry.get("digest"))
            for attempt in run.attempts()
            if attempt.item is None
            for name, entry in attempt.values("outputs")
        }

    def read(self, attempt: Attempt) -> list[Json]:
        """What its inputs name, and what its command names beside them."""
        named: list[Json] = [each for _, entry in attempt.values("inputs") for each in self._sources(entry)]
        beside = [str(edge[0]) for edge in self._edges if edge[1:] == [attempt.step]]
        return [*named, *(self._dataset(each, _version([self._digests.get(each, "")])) for each in beside)]

    def written(self, attempt: Attempt) -> list[Json]:
        return [self._output(attempt, name, entry) for name, entry in attempt.values("outputs") if "digest" in entry]

    def _sources(self, entry: Fields) -> Iterator[Row]:
        digests = [_digest(each) for each in sequence(entry.get("digests"))]
        if text(entry.get("uri")):
            namespace, name = located(str(entry["uri"]))
            yield {"namespace": namespace, "name": name, "facets": _version(digests[:1])}
            return
        sources = [each for each in sequence(entry.get("from")) if isinstance(each, str)]
        for source in sources:
            # one source may stand for many items: they share the dataset, and no single version is theirs
            known = digests if len(sources) == 1 else []
            yield self._dataset(source, _version(known))

    def _output(self, attempt: Attempt, name: str, entry: Fields) -> Row:
        facets: Row = _version([_digest(entry["digest"])])
        if text(entry.get("uri")):
            namespace, path = located(str(entry["uri"]))
            found: Row = {"namespace": namespace, "name": path, "type": str(entry.get("kind") or "artifact").upper()}
            facets["symlinks"] = facet("1-0-1/SymlinksDatasetFacet", identifiers=[found])
        sizes: Row = {
            ours: integer(entry[name]) for name, ours in _SIZES.items() if integer(entry.get(name)) is not None
        }
        made: Row = {"outputStatistics": facet("1-0-2/OutputStatisticsOutputDatasetFacet", **sizes)} if sizes else {}
        return {**self._dataset(f"{attempt.step}.{name}", facets), "outputFacets": made}

    def _dataset(self, source: str, facets: Row) -> Row:
        return {"namespace": self._namespace, "name": f"{self._pipeline}.{source}", "facets": facets}


def located(uri: str) -> tuple[str, str]:
    """As OpenLineage names what lies in stores: `s3://bucket` and the path, `file` and the path of files."""
    parts = urlsplit(uri)
    if parts.scheme in ("", "file"):
        return "file", parts.path or uri
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}", parts.path.lstrip("/") or "/"


def _digest(value: Json) -> str:
    return " ".join(f"{kind}:{found}" for kind, found in mapping(value).items())


def _version(digests: list[str]) -> Row:
    known = [each for each in digests if each]
    if len(known) != 1:
        return {}
    return {"version": facet("1-0-1/DatasetVersionDatasetFacet", datasetVersion=known[0])}

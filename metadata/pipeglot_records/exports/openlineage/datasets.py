"""Artifacts as OpenLineage's datasets: one for each output of a pipeline, whose versions are digests.

What came from outside goes by its address. So a dataset that one run wrote is the one that the next run reads.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pipeglot.ir import Json
from pipeglot_records.answering.rows import Row
from pipeglot_records.exports.openlineage.facets import facet
from pipeglot_records.exports.reading import Read, Reading, digest_of
from pipeglot_records.exports.recorded import Attempt, Fields, Recorded
from pipeglot_records.model.json_values import integer, text

_SIZES: Final = {"size": "size", "files": "fileCount"}


class Datasets:
    """`namespace` is that of the jobs: what they write is theirs."""

    def __init__(self, run: Recorded, namespace: str) -> None:
        self._pipeline, self._namespace, self._reading = run.pipeline, namespace, Reading(run)

    def read(self, attempt: Attempt) -> list[Json]:
        return [self._input(each) for each in self._reading.of(attempt)]

    def written(self, attempt: Attempt) -> list[Json]:
        return [self._output(attempt, name, entry) for name, entry in attempt.values("outputs") if "digest" in entry]

    def _input(self, read: Read) -> Row:
        if read.uri is None:
            return self._dataset(read.name, _version(read.digest))
        namespace, name = located(read.uri)
        return {"namespace": namespace, "name": name, "facets": _version(read.digest)}

    def _output(self, attempt: Attempt, name: str, entry: Fields) -> Row:
        facets: Row = _version(digest_of(entry["digest"]))
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
    try:
        parts = urlsplit(uri)
    except ValueError:
        # such an address as none has, which somebody's code may have recorded
        return "unknown", uri
    if parts.scheme in ("", "file"):
        return "file", parts.path or uri
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}", parts.path.lstrip("/") or "/"


def _version(digest: str | None) -> Row:
    return {"version": facet("1-0-1/DatasetVersionDatasetFacet", datasetVersion=digest)} if digest else {}

"""What the items of a fan-out left of an artifact, as one artifact: a list of them does not reach a graph of its own.

Of a list Kubeflow hands on the last element alone there, and of one artifact that one, as it does the sidecar's. A task
beside the fan-out is given the whole list, and leaves a folder with `INDEX/data.tgz` for each item that made something:
what Argo hands over of a fan-in, so the sidecar reads both alike.
"""

from __future__ import annotations

from pipeglot_backends.emit.yaml_text import Data
from pipeglot_backends.kubeflow.emit.bindings import Binding, output_of_artifact
from pipeglot_backends.kubeflow.emit.carried.programs import program_task
from pipeglot_backends.kubeflow.emit.tasks import Graph
from pipeglot_backends.kubeflow.emit.types import ANY_ARTIFACT
from pipeglot_backends.kubeflow.names import GATHERED
from pipeglot_expression.runtime.kfp_values import MOUNTS

PIECES = "pieces"
LIST_OF_ANY: Data = {
    "artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"},
    "isArtifactList": True,
}
PROGRAM = f"""import json,pathlib,sys,tarfile
told=json.loads(sys.argv[1])
mounts={MOUNTS!r}
def place(artifact):
    uri=artifact['uri']
    paths=(to+uri[len(scheme):].lstrip('/') for scheme,to in mounts.items() if uri.startswith(scheme))
    return pathlib.Path(artifact.get('customPath') or next(paths,uri))
made=told['outputs']['artifacts']['{GATHERED}']['artifacts'][0]
folder=place(made)
folder.mkdir(parents=True,exist_ok=True)
(folder/'{GATHERED}').write_text('')
for piece in told['inputs'].get('artifacts',dict()).get('{PIECES}',dict()).get('artifacts',()):
    known=piece.get('metadata',dict())
    index,path=known.get('pipeglot_index'),place(piece)
    if known.get('absent') or index is None: continue
    if known.get('folder'): path.mkdir(parents=True,exist_ok=True)
    if not path.exists(): continue
    run={{path.joinpath(name) for name in json.loads(known.get('executable') or '[]')}}
    item=folder/str(int(index))
    item.mkdir(exist_ok=True)
    with tarfile.open(item/'data.tgz','w:gz',compresslevel=1) as archive:
        for each in [path,*sorted(path.rglob('*'))]:
            about=archive.gettarinfo(each,pathlib.PurePath('data',each.relative_to(path)))
            about.mode=0o755 if each in run or each.is_dir() else 0o644
            with open(each,'rb') if each.is_file() else open('/dev/null','rb') as content:
                archive.addfile(about,content)
told=pathlib.Path(told['outputs']['outputFile'])
told.parent.mkdir(parents=True,exist_ok=True)
made=dict({{key:made[key] for key in ('name','uri','type') if key in made}},metadata={{'{GATHERED}':True}})
told.write_text(json.dumps(dict(artifacts={{'{GATHERED}':dict(artifacts=[made])}})))
"""
"""A folder that holds nothing is none for an object store, so a file stands in it anyway. What object stores do not
keep of a piece, its metadata say (`file_modes` of the sidecar)."""


def gathering(graph: Graph) -> dict[str, Data]:
    """The tasks, for the graph that holds the steps. With its name each has a container of its own."""
    made: dict[str, Data] = {}
    outputs: dict[str, Data] = {"artifacts": {GATHERED: ANY_ARTIFACT}}
    for (id, name), task in graph.names.gathered.items():
        step, fanned = graph.pipeline.by_id[id], graph.names.step[id]
        given = Binding(PIECES, LIST_OF_ANY, output_of_artifact(fanned, name), artifact=True)
        made[task] = program_task(graph, step, task, PROGRAM, [given], [fanned], outputs, [task])
    return made

"""What a local run cannot do, and what is done in its place."""

from __future__ import annotations

from collections.abc import Iterable

from pipeglot.ir import Origin, Pipeline
from pipeglot_backends.features import pods, schedules, secrets, sinks
from pipeglot_backends.features.delivery import other_than, python_of_another_image
from pipeglot_backends.features.labels import description, labels
from pipeglot_backends.features.places import opened_by_the_sidecar
from pipeglot_backends.features.steps import all_steps
from pipeglot_backends.protocol import Limit


def image(pipeline: Pipeline) -> Iterable[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.image or step.workdir)


def resources(pipeline: Pipeline) -> Iterable[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.resources)


SHOWN = "tests/local/test_settings.py"
CANNOT: tuple[Limit, ...] = ()
EMULATES = (
    secrets.told_apart("tests/local/test_secrets.py"),
    Limit(schedules.schedule, "ignored: a run begins when someone starts it", "tests/compiling/test_schedules.py"),
    Limit(image, "ignored, as is `workdir`: steps are processes of this machine, in the folder of their code", SHOWN),
    Limit(
        pods.what_only_pods_have,
        "ignored: steps are processes of this machine, and see its own folders where volumes would be mounted",
        SHOWN,
    ),
    *pods.by_own_names("of `pipeglot run`", SHOWN),
    Limit(python_of_another_image, "ignored: the sidecar runs with the Python of this machine", SHOWN),
    Limit(resources, "not enforced: steps share this machine", SHOWN),
    opened_by_the_sidecar("pipeglot's own Python"),
    Limit(other_than, "ignored: the sidecar is a file in the run's folder", SHOWN),
    Limit(labels, "kept in the record: this machine has no objects that could bear them", SHOWN),
    Limit(description, "kept in the record", SHOWN),
    Limit(
        sinks.records_to_a_server,
        "sent by `pipeglot run` itself, while the run goes on; the record is in the run's folder and in the store too",
        "tests/records/server/test_shipping.py",
    ),
    Limit(sinks.records_to_a_folder, "ignored: the record lies in the run's folder, and in the store", SHOWN),
)

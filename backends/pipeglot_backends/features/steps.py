"""What steps and params ask of an engine: predicates that several targets name in their limits."""

from __future__ import annotations

from collections.abc import Iterator

from pipeglot.ir import Gpu, Origin, Pipeline, RetryOn, RunIf, Secret, Step
from pipeglot_backends.protocol import Feature


def all_steps(pipeline: Pipeline) -> tuple[Step, ...]:
    """Those of `on_exit` too."""
    return (*pipeline.steps, *pipeline.on_exit)


def condition(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.when)


def run_if(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.run_if is not RunIf.SUCCESS or step.after)


def allowed_failure(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.allow_failure)


def fan_out(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.steps if step.fan_out and step.needs_list_task)


def fan_out_fail_fast(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.fan_out.origin for step in pipeline.steps if step.fan_out and step.fan_out.fail_fast)


def cached(pipeline: Pipeline) -> Iterator[Origin]:
    """Steps whose work is kept for other runs."""
    return (step.cache.origin for step in pipeline.steps if step.cache)


def packed_code(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.code.origin for step in all_steps(pipeline) if step.code)


def data_from_outside(pipeline: Pipeline) -> Iterator[Origin]:
    return (given.origin for step in all_steps(pipeline) for given in step.inputs if given.external)


def timeout(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if step.timeout is not None)


def deadline(pipeline: Pipeline) -> Iterator[Origin]:
    return iter([] if pipeline.deadline is None else [pipeline.origin])


def some_causes_of_retry(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in all_steps(pipeline) if step.retry and set(step.retry.on) != set(RetryOn))


def backoff_by_a_fraction(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.retry.origin for step in all_steps(pipeline) if step.retry and step.retry.backoff % 1)


def disk(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.resources.origin for step in all_steps(pipeline) if step.resources and step.resources.disk)


def secrets(pipeline: Pipeline) -> Iterator[Origin]:
    return (step.origin for step in all_steps(pipeline) if any(isinstance(each, Secret) for each in step.env.values()))


def gpu_type(pipeline: Pipeline) -> Iterator[Origin]:
    wanted = [step.resources for step in all_steps(pipeline) if step.resources]
    return (each.origin for each in wanted if each.gpu and each.gpu.type)


def gpu_by_a_resource(pipeline: Pipeline) -> Iterator[Origin]:
    """A feature: GPUs that Kubernetes does not call `nvidia.com/gpu`."""
    wanted = [step.resources for step in all_steps(pipeline) if step.resources]
    return (each.origin for each in wanted if each.gpu and each.gpu.resource != Gpu(1).resource)


def gpu_type_without_label(target: str, setting: str) -> Feature:
    """A feature: a kind of GPU, where the settings of the target do not name the label of nodes that tells it."""

    def gpu_type_without_label(pipeline: Pipeline) -> Iterator[Origin]:
        return iter(()) if setting in pipeline.settings.get(target, {}) else gpu_type(pipeline)

    return gpu_type_without_label


def sensitive_param(pipeline: Pipeline) -> Iterator[Origin]:
    return (param.origin for param in pipeline.params if param.sensitive)


def sensitive_output(pipeline: Pipeline) -> Iterator[Origin]:
    return (output.origin for step in all_steps(pipeline) for output in step.outputs if output.sensitive)

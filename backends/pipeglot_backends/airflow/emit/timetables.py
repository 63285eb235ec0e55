"""When Airflow starts runs of the DAG by itself."""

from __future__ import annotations

from pipeglot.ir import Schedule
from pipeglot_backends.airflow.emit.python_text import Call, Name, Node, text

AT_ONCE = 16
"""As many runs at a time as Airflow itself allows by default: written out, since a site can change that."""


def timetable(schedule: Schedule | None) -> dict[str, Node]:
    """Arguments of the DAG. All are written out: sites have defaults of their own."""
    if schedule is None:
        return {"schedule": Name("None"), "catchup": False, "max_active_runs": AT_ONCE}
    return {
        "schedule": Call("CronTriggerTimetable", (("timezone", schedule.timezone),), (schedule.cron,)),
        "start_date": _moment(schedule.start),
        "end_date": _moment(schedule.end),
        "catchup": schedule.catchup,
        "max_active_runs": schedule.max_active or AT_ONCE,
    }


def _moment(when: str | None) -> Node:
    return Name(f"datetime.fromisoformat({text(when)})") if when else None

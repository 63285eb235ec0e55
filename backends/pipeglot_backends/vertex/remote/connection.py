"""The way to Vertex AI: which project and region, who we are, and what its answers mean to a user.

By the generated client and its REST transport: `PipelineJob.submit` of the same package makes buckets unasked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, cast

from pipeglot.rendering.redaction import remember
from pipeglot_backends.remote import responses
from pipeglot_backends.remote.addresses import bare
from pipeglot_backends.remote.network import translated
from pipeglot_backends.remote.protocol import Access
from pipeglot_backends.remote.responses import Server
from pipeglot_backends.remote.sdk import rejected, sdk
from pipeglot_backends.remote.unreached import unreachable
from pipeglot_backends.vertex.remote.sessions import Sessions
from pipeglot_backends.vertex.settings import read

PROJECT, REGION = "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_REGION"
ENDPOINT = "CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM"
CREDENTIALS = "`gcloud auth application-default login`, or GOOGLE_APPLICATION_CREDENTIALS"
ADDRESS = f"set `vertex: {{region: …}}` in the profile, or {ENDPOINT}"
PLACE = f"set `vertex: {{project: …, region: …}}` in the profile, or {PROJECT} and {REGION}"
WORDS = frozenset(("name", "pipelineJobs", "schedules", "nextPageToken"))
"""One of them is in whatever Vertex AI answers, unless it has nothing to say."""
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Connection:
    """Both services, and `parent`: the project and region under which all names stand."""

    jobs: Any
    schedules: Any
    parent: str
    url: str
    within: float
    server: Server
    credentials: Any = None

    def ask(self, what: str, call: Callable[..., Any], **request: Any) -> Answer:
        """The answer to what can be asked twice; again, ever later, while the server is busy or away."""
        return responses.retrying(lambda: self.once(what, call, **request))

    def once(self, what: str, call: Callable[..., Any], **request: Any) -> Answer:
        """Raises `OutcomeUnknown` where it may have been done all the same."""
        answer = self._asked(what, lambda: call(request=request, retry=None, timeout=self.within))
        return _plain(answer)

    def listed(self, what: str, call: Callable[..., Any], limit: int | None = None, **request: Any) -> list[Answer]:
        """Every element of a list, or the first `limit`, page by page."""

        def pages() -> list[Any]:
            elements: Iterable[Any] = call(request=request, retry=None, timeout=self.within)
            return list(islice(elements, limit))

        found: list[Any] = responses.retrying(lambda: self._asked(what, pages))
        return [_plain(each) for each in found]

    def _asked(self, what: str, call: Callable[[], Any]) -> Any:
        auth = _sdk("google.auth.exceptions")
        broken = _sdk("requests.exceptions").RequestException
        parsing = _sdk("google.protobuf.json_format").ParseError
        try:
            with translated(self.server, what):
                return call()
        except parsing:
            raise responses.strange(self.server, "with fields that it has not") from None
        except json.JSONDecodeError:
            said = f"whoever gives tokens for {self.url} answers with what is no JSON"
            raise rejected("PG521", said, CREDENTIALS) from None
        except auth.TransportError as fault:
            raise unreachable(self.server, fault) from None
        except auth.GoogleAuthError as fault:
            said = f"Google gives no token for {self.url}: {responses.line(responses.reason(fault))}"
            raise rejected("PG521", said, CREDENTIALS) from None
        except broken as fault:
            raise unreachable(self.server, fault) from None
        finally:
            remember(getattr(self.credentials, "token", None))


@contextmanager
def connected(access: Access) -> Generator[Connection]:
    """The way there, for as long as it is needed."""
    settings = read(access.settings)
    region = settings.region or access.environ.get(REGION)
    if not region:
        raise rejected("PG520", "the region of Vertex AI is not named", f"set `vertex: {{region: …}}`, or {REGION}")
    v1 = _sdk("google.cloud.aiplatform_v1")
    credentials, found = _credentials()
    project = settings.project or access.environ.get(PROJECT) or found
    if not project:
        raise rejected(
            "PG520", "the project on Google Cloud is not named", f"set `vertex: {{project: …}}`, or {PROJECT}"
        )
    named = access.environ.get(ENDPOINT) or f"https://{region}-aiplatform.googleapis.com"
    url = bare(named, "Vertex AI", CREDENTIALS).rstrip("/")
    given = {"credentials": credentials, "transport": "rest", "client_options": {"api_endpoint": url}}
    jobs, schedules = v1.PipelineServiceClient(**given), v1.ScheduleServiceClient(**given)
    sessions = Sessions(_server(url), access)
    for each in (jobs, schedules):
        sessions.hold(each.transport._session)
    parent = f"projects/{project}/locations/{region}"
    with jobs, schedules:
        yield Connection(jobs, schedules, parent, url, access.answer_within, sessions.server, credentials)


def _server(url: str) -> Server:
    return Server(
        url,
        "Vertex AI",
        address=ADDRESS,
        credentials=CREDENTIALS,
        said=partial(responses.message, names=("message",)),
        own=lambda found: isinstance(responses.table(found, "error").get("code"), int),
        words=WORDS,
        place=PLACE,
    )


def message(kind: str, body: Mapping[str, Any]) -> Any:
    """A message of Vertex AI from its JSON form: what it does not know is a fault of ours."""
    return getattr(_sdk("google.cloud.aiplatform_v1"), kind).from_json(json.dumps(body))


def _sdk(module: str) -> Any:
    return sdk(module, "google-cloud-aiplatform", "vertex")


def _credentials() -> tuple[Any, str | None]:
    auth = _sdk("google.auth")
    try:
        return cast("tuple[Any, str | None]", auth.default(scopes=[SCOPE]))
    except auth.exceptions.GoogleAuthError as fault:
        said = " ".join(str(fault).split())[:200]
        raise rejected("PG521", f"who you are on Google Cloud, nothing says: {said}", CREDENTIALS) from None


def _plain(answer: Any) -> Answer:
    """With the names of the proto, and enums by their names; `{}` of what is no message of Vertex AI."""
    kind = cast(Any, type(answer))
    return cast(Answer, kind.to_dict(answer, use_integers_for_enums=False)) if hasattr(kind, "to_dict") else {}

"""The part of the language that is in a target's own words: raw patches, laid over what is emitted for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, with_config
from typing_extensions import NotRequired, TypedDict

from pipeglot.spec.schema import tags
from pipeglot.spec.schema.types import CONFIG

Patch = Annotated[
    dict[str, Any], Field(description="A merge patch in the words of this target: null takes away, a list is replaced.")
]

if TYPE_CHECKING:

    class Patches(TypedDict):
        """A patch for each of `tags.TARGETS`."""

else:
    Patches = with_config(CONFIG)(TypedDict("Patches", dict.fromkeys(tags.TARGETS, NotRequired[Patch])))

"""The shapes of texts in a spec, written once: the models, the JSON Schema and the messages share them."""

from __future__ import annotations

PIPELINE = "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
STEP = "^[a-z][a-z0-9_-]{0,39}$"
NAME = "^[a-z][a-z0-9_]{0,39}$"
ENV = "^[A-Za-z_][A-Za-z0-9_]*$"
PROFILE = "^[a-z0-9][a-z0-9_-]{0,39}$"
DURATION = "^([0-9]+(ms|s|m|h|d))+$"
CPU = r"^([0-9]+m|[0-9]+(\.[0-9]+)?)$"
SIZE = "^[0-9]+(Ki|Mi|Gi|Ti|K|M|G|T)$"
QUANTITY = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+))?$"
"""As Kubernetes has them, which takes more than `SIZE`."""
FUNCTION = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$"
TARGET = r"^[a-z][a-z0-9_-]*(@[0-9A-Za-z._-]+)?$"
SECRET = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$"
SECRET_KEY = "^[A-Za-z0-9._-]{1,253}$"
POD_FIELD = (
    r"^(metadata\.(name|namespace|uid|(labels|annotations)\['[A-Za-z0-9./_-]{1,317}'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$"
)
"""Those that Kubernetes puts into variables."""
RESOURCE = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"
MOUNT = "^/[^:]*$"
_HOST = r"[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?"
_PATH = "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*"
IMAGE = (
    rf"^(({_HOST}(\.{_HOST})*|\[[a-fA-F0-9:]+\])(:[0-9]+)?/)?{_PATH}(/{_PATH})*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
)
"""A reference of an image, as registries have it."""
FORMAT = "^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$"
MODEL = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
"""What can stand in an address and before `@`."""
YAML_FILE = r"^[^/\x00-\x1f\\][^\x00-\x1f\\]*\.ya?ml$"
NOTEBOOK = r"^[^/\x00-\x1f\\][^\x00-\x1f\\]*\.ipynb$"
DIGEST = "^sha256:[0-9a-f]{64}$"

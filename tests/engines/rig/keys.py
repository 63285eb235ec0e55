"""Makes the certificates of one cluster, anew at every start."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from rig.places import Release
from rig.tools import run

SERVICE = "10.96.0.1"
NODE = "rig"

SUBJECTS = {
    "admin": "/O=system:masters/CN=pipeglot",
    "controllers": "/CN=system:kube-controller-manager",
    "scheduler": "/CN=system:kube-scheduler",
    "kubelet": f"/O=system:nodes/CN=system:node:{NODE}",
    "kubelet-client": "/O=system:masters/CN=apiserver-kubelet-client",
}
CONFIGURED = ("admin", "controllers", "scheduler", "kubelet")

# Without a configuration of our own, openssl adds what the machine's one says.
OPENSSL = "[req]\ndistinguished_name=subject\n[subject]\n"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")


def make(release: Release, keys: Path) -> None:
    keys.mkdir(parents=True)
    keys.chmod(0o700)
    (keys / "openssl.conf").write_text(OPENSSL)
    authority = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
    certificate(keys, "ca", "/CN=pipeglot-rig", authority, signed=False)
    names = f"subjectAltName=IP:{release.address},IP:{SERVICE},IP:127.0.0.1,DNS:kubernetes.default.svc"
    certificate(keys, "apiserver", "/CN=kube-apiserver", (names, "extendedKeyUsage=serverAuth"))
    for name, subject in SUBJECTS.items():
        certificate(keys, name, subject, ("extendedKeyUsage=clientAuth",))
    account = keys / "accounts.key"
    run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out", account)
    run("openssl", "pkey", "-in", account, "-pubout", "-out", keys / "accounts.pub")
    for name in CONFIGURED:
        (keys / f"{name}.conf").write_text(kubeconfig(release, keys, name))


def certificate(keys: Path, name: str, subject: str, extensions: tuple[str, ...], signed: bool = True) -> None:
    words = [word for extension in extensions for word in ("-addext", extension)]
    if signed:
        words += ["-CA", str(keys / "ca.crt"), "-CAkey", str(keys / "ca.key")]
    files = ("-keyout", keys / f"{name}.key", "-out", keys / f"{name}.crt")
    given = ("-config", keys / "openssl.conf", "-subj", subject, "-days", "30")
    run("openssl", "req", "-x509", *CURVE, *given, *files, *words)


def kubeconfig(release: Release, keys: Path, name: str) -> str:
    """As JSON, which every reader of YAML reads; certificates inside, so the file can be handed on."""
    files = {
        "client-certificate-data": f"{name}.crt",
        "client-key-data": f"{name}.key",
    }
    server = {"server": f"https://{release.address}", "certificate-authority-data": inline(keys / "ca.crt")}
    user = {field: inline(keys / file) for field, file in files.items()}
    context = {"cluster": "rig", "user": name}
    named = {
        "clusters": [{"name": "rig", "cluster": server}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": "rig", "context": context}],
    }
    return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "rig", **named}, indent=1) + "\n"


def inline(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()

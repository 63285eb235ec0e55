"""The settings of containerd, the kubelet and the pod network; every path is one inside the rig's namespaces."""

from __future__ import annotations

import json
from pathlib import Path

from rig.images import PAUSE
from rig.keys import NODE, SERVICE
from rig.places import Release

# The state folder, wherever it is, is also here: unix socket paths must be short.
INSIDE = Path("/run/rig")
BRIDGE = "rig0"
UPLINK = "up0"
SOCKET = "/run/containerd.sock"
S3_PORT = 5000

OTHER_SNAPSHOTTERS = ("aufs", "btrfs", "devmapper", "zfs")

# No CAP_SYS_RESOURCE, no apparmor: common in containers and small virtual machines.
CONTAINERD = f"""\
version = 2
root = "{INSIDE}/containerd"
state = "/run/containerd"
disabled_plugins = [{", ".join(f'"io.containerd.snapshotter.v1.{name}"' for name in OTHER_SNAPSHOTTERS)}]
[grpc]
  address = "{SOCKET}"
[ttrpc]
  address = "{SOCKET}.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "/run/containerd-opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{INSIDE}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
"""

RESOLVER = "options timeout:1 attempts:1\n"


def network(release: Release) -> str:
    """Pods share one bridge with the API server; no gateway, so the machine never forwards."""
    pods = {
        "subnet": f"{release.subnet}.0/24",
        "rangeStart": f"{release.subnet}.10",
        "rangeEnd": f"{release.subnet}.250",
        "gateway": release.address,
    }
    addresses = {
        "type": "host-local",
        "dataDir": "/run/cni",
        "ranges": [[pods]],
        # No default route: whatever lies outside fails at once instead of hanging.
        "routes": [{"dst": f"{SERVICE}/32"}],
    }
    bridge = {"type": "bridge", "bridge": BRIDGE, "isGateway": False, "hairpinMode": True, "ipam": addresses}
    return json.dumps({"cniVersion": "0.4.0", "name": BRIDGE, "plugins": [bridge]})


def kubelet(release: Release) -> str:
    return json.dumps(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": release.address,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": f"{INSIDE}/keys/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "readOnlyPort": 0,
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{release.cgroup}",
            "failCgroupV1": False,
            "failSwapOn": False,
            "enforceNodeAllocatable": [],
            "containerRuntimeEndpoint": f"unix://{SOCKET}",
            "resolvConf": f"{INSIDE}/resolv.conf",
            "podLogsDir": f"{INSIDE}/pods",
            "volumePluginDir": f"{INSIDE}/volume-plugins",
            # A full disk on the machine is no reason to evict what is under test.
            "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
            "imageGCHighThresholdPercent": 100,
            "serializeImagePulls": False,
            "kubeAPIQPS": 200,
            "kubeAPIBurst": 400,
            "eventRecordQPS": 0,
            "syncFrequency": "10s",
        }
    )


def files(release: Release) -> dict[str, str]:
    return {
        "containerd.toml": CONTAINERD,
        "kubelet.json": kubelet(release),
        "cni/rig.conflist": network(release),
        "resolv.conf": RESOLVER,
    }


def containerd() -> tuple[str, ...]:
    return ("containerd", f"--config={INSIDE}/containerd.toml")


def etcd() -> tuple[str, ...]:
    client, peer = "http://127.0.0.1:2379", "http://127.0.0.1:2380"
    return (
        f"--name={NODE}",
        f"--data-dir={INSIDE}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster={NODE}={peer}",
        "--quota-backend-bytes=4294967296",
        "--max-request-bytes=8388608",
        "--unsafe-no-fsync",
        "--log-level=warn",
    )


def apiserver(release: Release) -> tuple[str, ...]:
    keys = INSIDE / "keys"
    return (
        "--etcd-servers=http://127.0.0.1:2379",
        # The service address is one of this machine's own, so port 443 on all of them needs neither proxy nor iptables.
        "--bind-address=0.0.0.0",
        "--secure-port=443",
        f"--advertise-address={release.address}",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--client-ca-file={keys}/ca.crt",
        f"--tls-cert-file={keys}/apiserver.crt",
        f"--tls-private-key-file={keys}/apiserver.key",
        f"--service-account-key-file={keys}/accounts.pub",
        f"--service-account-signing-key-file={keys}/accounts.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--kubelet-client-certificate={keys}/kubelet-client.crt",
        f"--kubelet-client-key={keys}/kubelet-client.key",
        "--kubelet-preferred-address-types=InternalIP",
        "--allow-privileged=true",
        "--profiling=false",
    )


def controllers() -> tuple[str, ...]:
    keys = INSIDE / "keys"
    return (
        f"--kubeconfig={keys}/controllers.conf",
        f"--service-account-private-key-file={keys}/accounts.key",
        f"--root-ca-file={keys}/ca.crt",
        "--use-service-account-credentials=true",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    )


def scheduler() -> tuple[str, ...]:
    own = f"{INSIDE}/keys/scheduler.conf"
    return (
        f"--kubeconfig={own}",
        f"--authentication-kubeconfig={own}",
        f"--authorization-kubeconfig={own}",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    )


def node(release: Release) -> tuple[str, ...]:
    return (
        f"--config={INSIDE}/kubelet.json",
        f"--kubeconfig={INSIDE}/keys/kubelet.conf",
        f"--hostname-override={NODE}",
        f"--node-ip={release.address}",
        f"--root-dir={INSIDE}/kubelet",
        f"--cert-dir={INSIDE}/kubelet/pki",
    )

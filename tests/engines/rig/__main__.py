"""`python tests/engines/rig up|down|status|logs|build`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from rig import control, node  # noqa: E402  # found only from the line above on
from rig.places import RELEASES  # noqa: E402
from rig.tools import RigFailed  # noqa: E402


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="rig", description="A real one-node Kubernetes with a real Argo Workflows.")
    verbs = made.add_subparsers(dest="verb", required=True)
    for name, text in (("up", "start a cluster, or say that it is up"), ("logs", "what a part of a cluster said")):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("--argo", choices=RELEASES, default="3.7")
        if name == "logs":
            verb.add_argument("name", nargs="?", default="node")
    end = verbs.add_parser("down", help="end clusters; nothing of them stays but imported images")
    end.add_argument("--argo", choices=RELEASES, help="only this one")
    end.add_argument("--purge", action="store_true", help="forget imported images too")
    verbs.add_parser("status", help="which clusters are up")
    verbs.add_parser("build", help="what both clusters need: packages, binaries, images")
    # For the rig itself: the first process of a cluster's namespaces.
    inner = verbs.add_parser("node")
    inner.add_argument("argo", choices=RELEASES)
    inner.add_argument("--fill", action="store_true")
    return made


def main() -> None:
    asked = parser().parse_args()
    match asked.verb:
        case "up":
            made = control.up(asked.argo)
            print(f"export KUBECONFIG={made.kubeconfig}\nexport AWS_ENDPOINT_URL={made.s3_endpoint}")
        case "down":
            control.down(asked.argo, asked.purge)
        case "logs":
            sys.stdout.write(control.logs(asked.argo, asked.name))
        case "build":
            control.build()
        case "node":
            node.enter(asked.argo, asked.fill)
        case _:
            for name, word in control.status().items():
                print(f"{name}  {word}")


if __name__ == "__main__":
    try:
        main()
    except RigFailed as failure:
        sys.exit(f"rig: {failure}")

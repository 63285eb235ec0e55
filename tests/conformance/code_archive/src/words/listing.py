"""Says which files there are. The first try leaves one behind, which the second must not find."""

import json
import sys
from pathlib import Path

Path(sys.argv[2]).write_text(json.dumps(sorted(each.name for each in Path().iterdir())))
if sys.argv[1] == "1":
    Path("left_behind").touch()
    sys.exit(1)

"""``python3 -m scan.write_tree <folder> <files> <seed>``: two revisions of a real source tree."""

import json
import sys
from pathlib import Path

from scan.tree import write_revisions

if __name__ == "__main__":
    folder, files, seed = sys.argv[1:]
    write_revisions(Path(folder), int(files), int(seed))
    print(json.dumps({"written": folder}), flush=True)

#!/usr/bin/env python3
"""Prints a folder that holds Python packages, for PYTHONPATH; installs them when it is not there.

    python-packages.py <requirement>...        requirements as pip takes them
    python-packages.py --project <pyproject>   what a project and its extras need, not the project

The folder lies in Outgraph's cache (OUTGRAPH_CACHE, else XDG_CACHE_HOME/outgraph, else
~/.cache/outgraph) under a name made of the requirements and of this Python, and appears complete
or not at all. `pip install --target` needs no venv module, which Debian packs apart from python3.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    if given := os.environ.get("OUTGRAPH_CACHE"):
        return Path(given).resolve()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "outgraph"


def requirements_of(pyproject: Path) -> list[str]:
    """Every requirement of the project's lists; Python 3.10 has no TOML reader, so by pattern."""
    text = pyproject.read_text(encoding="utf8")
    dependencies = re.search(r"^dependencies = \[(.*?)^\]", text, re.S | re.M)
    extras = re.search(r"^\[project\.optional-dependencies\]\n(.*?)^\[", text, re.S | re.M)
    if dependencies is None or extras is None:
        raise SystemExit(f"{pyproject} does not list its dependencies")
    lists = f"{dependencies[1]}\n{extras[1]}"
    return re.findall(r'"([^"]+)"', re.sub(r"#.*", "", lists))


def install(requirements: list[str]) -> Path:
    python = f"{platform.python_implementation()}-{platform.python_version()}-{platform.machine()}"
    digest = hashlib.sha256("\n".join([python, *sorted(requirements)]).encode()).hexdigest()[:12]
    cache = cache_folder()
    folder = cache / f"python-{digest}"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / f".python-{digest}.lock", "w", encoding="utf8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second process waits for the first
        if not folder.exists():
            draft = Path(tempfile.mkdtemp(dir=cache, prefix=f".python-{digest}-"))
            try:
                pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input"]
                command = [*pip, "--target", str(draft), *requirements]
                environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
                subprocess.run(command, check=True, stdout=sys.stderr, env=environment)
                draft.chmod(0o755)
                draft.rename(folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return folder


if __name__ == "__main__":
    wanted = sys.argv[1:]
    if wanted[:1] == ["--project"]:
        wanted = requirements_of(Path(wanted[1]))
    if not wanted:
        raise SystemExit(__doc__)
    print(install(wanted))

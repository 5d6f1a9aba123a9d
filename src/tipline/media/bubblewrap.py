"""The command that makes the sandbox: no network, no other processes in sight, a read-only root with little in it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from functools import cache
from pathlib import Path

# What the box can see beside the system's libraries, Python and this code; the libraries of each lie next to it.
_PACKAGES = {
    "PIL": "pillow.libs", "numpy": "numpy.libs", "av": "av.libs", "cv2": "opencv_python_headless.libs",
}  # fmt: skip


@cache
def command() -> tuple[str, ...]:
    """This function will return the command up to Python and its options; a program text is to follow.

    As root without a user namespace: there `media.box` changes the user itself. The session is made by who starts it
    (`media.warm`), not by bubblewrap: its inner processes would leave the group that is killed before they die with it.
    """
    as_root = os.geteuid() == 0
    rights = ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    plain = ("--unshare-user", "--disable-userns", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL")
    apart = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    return (
        shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin") or "bwrap",
        *apart,
        *(rights if as_root else plain),
        *("--die-with-parent", "--clearenv", "--setenv", "OPENBLAS_NUM_THREADS", "1"),
        *_mounts(),
        *("--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *(_interpreter(), "-I", "-S", "-B", "-c"),
    )


def _interpreter() -> str:
    return os.path.realpath(sys.executable)


def _mounts() -> list[str]:
    mounts = ["--ro-bind", "/usr", "/usr"]
    for folder in ("/lib", "/lib64", "/bin"):
        if Path(folder).is_symlink():
            mounts += ["--symlink", str(Path(folder).readlink()), folder]
        elif Path(folder).is_dir():
            mounts += ["--ro-bind", folder, folder]
    base = os.path.realpath(sys.base_prefix)
    if not base.startswith("/usr"):
        mounts += [*_folders(Path(base).parent), "--ro-bind", base, base]
    mounts += _folders(Path("/box/tipline"))
    for name, libraries in _PACKAGES.items():
        mounts += _package(name, libraries)
    house = Path(__file__).resolve().parents[1]
    mounts += ["--ro-bind", str(house / "__init__.py"), "/box/tipline/__init__.py"]
    return [*mounts, "--ro-bind", str(house / "media"), "/box/tipline/media"]


def _folders(path: Path) -> list[str]:
    # Made by name: those that bubblewrap makes on its own account are closed to the user of the box.
    each = [*reversed(path.parents), path]
    return [word for folder in each if folder != Path("/") for word in ("--dir", str(folder))]


def _package(name: str, libraries: str) -> list[str]:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return []
    folder = Path(found.submodule_search_locations[0])
    mounts = ["--ro-bind", str(folder), f"/box/{name}"]
    beside = folder.parent / libraries
    return [*mounts, "--ro-bind", str(beside), f"/box/{libraries}"] if beside.is_dir() else mounts

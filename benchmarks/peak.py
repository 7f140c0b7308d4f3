"""The most memory that this process alone ever had. Needs nothing but Python."""

import resource
from pathlib import Path


def peak_mib() -> float:
    """Peak resident memory since this program was started, in MiB.

    Not `ru_maxrss` where Linux says better: that is inherited by whoever is started, so a
    small child of a large process would seem as large as it.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) / 1024

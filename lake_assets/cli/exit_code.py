"""What a command's exit tells the shell: one list for all of them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Stable: scripts and schedulers branch on these numbers."""

    DONE = 0
    FAILED = 1
    MISUSE = 2  # an unknown date, dataset, parameter or word; argparse's own code too
    REFUSED = 3  # another process is writing the partition; the budget; strangers could connect


class AnswerCode(IntEnum):
    """What `lake ask` tells the shell of its answers."""

    ALL = 0
    SOME = 3  # at least one is stale, unsupported or without data
    NONE = 4

"""Text of ours as SQL literals, for statements that take no parameters."""


def sql_text(value: object) -> str:
    """A value's text between quotes."""
    return "'" + str(value).replace("'", "''") + "'"

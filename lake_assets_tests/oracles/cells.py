"""Rows laid out as contract by second, cell by cell.

A row is (contract, second, value); its place in the list is its name.
"""


def last_rows(rows, contracts, seconds):
    return [
        [
            max((i for i, (c, s, _) in enumerate(rows) if (c, s) == (contract, second)), default=-1)
            for second in range(seconds)
        ]
        for contract in range(contracts)
    ]


def newest_seconds(last):
    return [
        [max((s for s in range(t + 1) if line[s] >= 0), default=-1) for t in range(len(line))]
        for line in last
    ]


def sums(rows, contracts, seconds):
    """A cell's sum, None if one of its rows does not know."""
    table = []
    for contract in range(contracts):
        line = []
        for second in range(seconds):
            values = [v for c, s, v in rows if (c, s) == (contract, second)]
            line.append(None if None in values else sum(values))
        table.append(line)
    return table

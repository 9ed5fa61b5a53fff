"""Walk-forward folds, decided one row at a time from the definitions alone."""


def blocks(sessions, n_splits):
    """Deal sessions out, in order; earlier blocks take the remainder. None: too few."""
    count = n_splits + 1
    if sessions < count:
        return None
    share, spare = divmod(sessions, count)
    return [block for block in range(count) for _ in range(share + (block < spare))]


def folds(sessions, n_splits, embargo_ns):
    """``sessions`` are lists of (event_ns, outcome, horizon_end_ns); (fold, mask) a row."""
    of_session = blocks(len(sessions), n_splits)
    if of_session is None:
        return [(None, None) for rows in sessions for _ in rows]
    rows = [(of_session[i], *row) for i, session in enumerate(sessions) for row in session]
    marked = []
    for fold, _, outcome, ends in rows:
        mask = 0
        for k in range(1, n_splits + 1):
            tested = [ns for other, ns, _, _ in rows if other == k]
            if tested and fold < k and outcome is not None and ends + embargo_ns <= min(tested):
                mask += 2**k
        marked.append((fold, mask))
    return marked

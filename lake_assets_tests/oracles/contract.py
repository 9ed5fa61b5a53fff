"""The front contract, chosen print by print from the rules alone."""


def heaviest(trades, opens, rth_opens):
    """``trades`` are (ns, symbol, size); volume of each symbol in ``[opens, rth_opens)``."""
    volumes = {}
    for ns, symbol, size in trades:
        if opens <= ns < rth_opens:
            volumes[symbol] = volumes.get(symbol, 0) + size
    return volumes


def overnight_winner(trades, opens, rth_opens, expiries):
    """Symbol and share of the largest volume; of equals the earlier expiry. None: no trade."""
    volumes = heaviest(trades, opens, rth_opens)
    if not volumes:
        return None
    most = max(volumes.values())
    tied = [symbol for symbol, volume in volumes.items() if volume == most]
    winner = min(tied, key=lambda symbol: expiries[symbol])
    return winner, most / sum(volumes.values())

"""Fuel of one level at one moment, straight from the definitions."""

import math


def fuel(flow, level_u, params):
    """``flow`` are (strike_u, right, volume, net, size_sq, gamma or None) of the moment."""
    near = [row for row in flow if abs(row[0] - level_u) <= params.fuel_strike_range_u]
    known = [row for row in near if row[5] is not None]
    volume = sum(row[2] for row in near)
    share = sum(row[2] for row in known) / volume if volume else None
    found = {
        "fuel_volume": volume if flow else None,
        "fuel_gamma_share": share,
        "gamma_exposure": None,
        "fuel_call_gamma": None,
        "fuel_put_gamma": None,
        "fuel_flow_z": None,
        "fuel_effect": None,
    }
    if not known:
        return found
    exposure = sum(-net * gamma * 100 for *_, net, _, gamma in known)
    found["gamma_exposure"] = exposure
    for right, name in (("C", "fuel_call_gamma"), ("P", "fuel_put_gamma")):
        found[name] = sum(row[2] * row[5] * 100 for row in known if row[1] == right)
    spread = math.sqrt(sum((100 * gamma) ** 2 * size_sq for *_, size_sq, gamma in known))
    if spread > 0:
        z = exposure / spread
        found["fuel_flow_z"] = z
        found["fuel_effect"] = effect(round(z, 9), params.fuel_z)
    return found


def effect(z, threshold):
    if z <= -threshold:
        return "AMPLIFY"
    return "DAMPEN" if z >= threshold else "NEUTRAL"

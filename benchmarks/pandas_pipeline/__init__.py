"""Bronze to labels as a careful analyst would write it with pandas: the reference for our speed.

Vectorised where that is natural, a loop over minutes or touches where that is. It leaves out what
the lake does besides (runway, label grid, research table, checks, durable files), so a ratio of
the two errs on its side.
"""

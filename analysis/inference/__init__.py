"""Question 1: which features go with valence, in which direction, how much and in what shape.

``scales``, ``frames``
    The scores and the scale each enters a formula on; tracks with every derived column.
``ladders``
    Candidate formulas, shape crossed with context, compared by cross-validation and chosen from.
``halving``
    P-values that allow for that choice.
``final_model``
    What the chosen fit says of each feature: sizes, joint tests, variance lost, models beside it.
``checks``
    What the fit assumes: residuals, influence, collinearity, simulated valence.
``gam``
    The generalized additive model: penalties by REML, curves with clustered bands, concurvity.
``formulas``, ``designs``, ``regression``, ``selection``, ``effects``
    The formulas of the chapters after question 1 and of the stored studies: one ladder without
    crossing, chosen on one half of the tracks and estimated on the other.
"""

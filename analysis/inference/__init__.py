"""Question 1: which features go with valence, in which direction, how much and in what shape.

``scores``
    The scores, the scale each enters a formula on, and what of a table formulas can read.
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
"""

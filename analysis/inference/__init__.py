"""Question 1: which features go with valence, in which direction, how much and in what shape.

``exploration``
    Distributions, transforms, correlation structure, suppression.
``scales``
    The scores, the scale each enters a formula on, and a natural step on it.
``frames``
    Tracks with every derived column, and factors whose levels all occur.
``formulas``
    The ladder of patsy formulas, each rung with its reason, and what a table lacks for it.
``designs``
    From a formula to a design matrix of full rank, and least squares on it.
``regression``
    Ordinary least squares with robust and clustered errors; the ladder compared and chosen from.
``selection``
    One half of the tracks chooses the rung, the other estimates it.
``effects``
    Average effects per standard deviation and per natural step; partial R²; Wald tests.
``reduction``
    The chosen formula with only the features that pass, and what that costs.
``bounded``
    Fractional logit and beta regression: valence is a score between 0 and 1.
``mixed``, ``pooling``
    Artist intercepts; each genre's own slopes, all in one mixed model.
``diagnostics``, ``clustering``
    Assumptions: residuals, influence, collinearity; artists whose tracks resemble each other.
``simulation``
    The predictive check of valence's distribution.
``bases``, ``smoothing``, ``additive``, ``smooths``
    The generalized additive model: its terms, how smooth they may be, its fit, its curves.
``concurvity``
    Collinearity of smooths, and the check of basis dimensions.
"""

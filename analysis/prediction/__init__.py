"""Question 2: how well valence can be predicted, and what the predictions rest on.

``preparing``
    From the features of a table to what each family of learners reads, inside the pipeline.
``learners``
    The learners and their search spaces.
``evaluation``
    Scores, intervals over resampled artists, paired differences, calibration.
``validation``
    Repeated cross-validation by artist, and tests that know that its folds overlap.
``leakage``
    Three ways to split, and what each makes of one model.
``tuning``
    One search for every learner.
``blending``
    A stack of the best, its weights chosen on unseen tracks.
``comparison``
    All methods on one data set: tuned, cross-validated, judged once on the held-out part.
``intervals``
    Conformal prediction intervals for new artists.
``ceiling``, ``learning_curves``
    How much of the variance these features could explain at all.
``explanation``
    What predictions rest on: permutation importance, accumulated local effects, SHAP values.
``network``, ``network_comparison``
    The neural network, in Keras, as one more learner; beside the best other method.
``given_tracks``
    Prediction of tracks that somebody hands in.
"""

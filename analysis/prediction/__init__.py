"""Question 2: how well valence can be predicted, and what the predictions rest on.

Read ``preparing``, ``learners``, ``evaluation``, ``validation``, ``tuning`` and ``comparison`` in
this order; ``network`` is one more learner, and the others ask one question each.
"""

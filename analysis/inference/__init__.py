"""Question 1: which features go with valence, in which direction, how much and in what shape.

Read ``scores``, ``ladders``, ``halving``, ``final_model``, ``checks``, ``gam``, in this order.
"""

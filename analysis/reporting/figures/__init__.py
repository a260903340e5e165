"""The report's figures, one module a chapter; every function draws one frame."""

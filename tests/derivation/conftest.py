"""The made-up tables of the prediction's tests."""

from tests.prediction.conftest import tracks  # noqa: F401

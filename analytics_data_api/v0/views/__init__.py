"""The endpoints. A view's docstring is its documentation, which /docs/ shows."""

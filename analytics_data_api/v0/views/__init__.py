"""The endpoints. A view's docstring is its documentation: /docs/ shows it."""

"""Queries return the rows of the tables as plain tuples. They know models and no request.

Each is named after what it returns and takes the database alias as ``using``. The values of a row are in the order of its
serializer's fields.
"""

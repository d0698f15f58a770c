"""What the tables say, as plain rows: functions named after what they return, which know models and no request.

Each takes the database alias as ``using``. A row has its values in the order of the fields of its serializer.
"""

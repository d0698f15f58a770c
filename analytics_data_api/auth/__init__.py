"""Keys: what is stored of them beside Django REST framework's own table, and how a request is signed with one."""

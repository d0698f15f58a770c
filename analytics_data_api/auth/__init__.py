"""Authentication and access: keys, JSON Web Tokens, restrictions and throttling."""

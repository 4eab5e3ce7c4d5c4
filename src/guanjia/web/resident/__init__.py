"""The pages behind a resident's link: no account, no password, nothing but the one case."""

"""The operator's commands about people: who has an account, and what was changed."""

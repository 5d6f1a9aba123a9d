"""The desk's pages of partners: who they are, what was agreed, how their programs log in."""

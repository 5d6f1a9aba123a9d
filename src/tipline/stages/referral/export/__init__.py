"""What an agency downloads: PDF for people, JSON for their tools, a ZIP with digests of every member."""

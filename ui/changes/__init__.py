"""What a new catalog changes for drafts and cases, as people see it."""

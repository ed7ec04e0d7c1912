"""目录: find items, read their guides, 一件事 and what its items share."""

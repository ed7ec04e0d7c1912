"""Pages: what stands beside the rail.  A page never asks which mode it is in; it reads its `Profile`."""

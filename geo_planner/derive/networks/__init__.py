"""Utility networks on whole arrays: noding, earliest service, who waits for what, what lies under which road."""

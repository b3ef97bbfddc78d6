"""Other systems, each behind one small adapter, measured on the very same rows."""

"""Measures to sums: the compiler to SQL, the extractor, and the slow engine that checks them."""

"""A consortium that does not exist, with a truth that is known: for the demo, tests and benchmarks.

`generate` invents people, institutions and sales; `write_exports` writes them as the
files that real ticketing systems export; `pooled_truth` says what an all-knowing reader
of all institutions would publish. The node then imports the files like anybody's.
"""

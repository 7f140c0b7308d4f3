"""`python -m docs_generator`: writes what is generated of the docs. `make docs` runs it."""

from tests.support import doc_pages, doc_parts

if __name__ == "__main__":
    doc_pages.write()
    doc_parts.write()

"""One adapter a group of CPython's tests: which tests, and where the importer takes the file system's place."""
